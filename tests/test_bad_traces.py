"""Broken traces: each is answered by one error that names every mistake with its line."""

import gzip
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from onecenter import traces
from onecenter.errors import TraceError
from onecenter.traces import files

ITP = b"job_id,submission_time,duration,num_gpu\n"
PHILLY = b"timestamp,duration,num_gpus,cluster\n"
GOOD_SWF = b"1 0 -1 10 1 -1 -1 1 20 -1 1 1 1 -1 -1 -1 -1 -1\n"
PACKED = gzip.compress(GOOD_SWF * 100)


@dataclass(frozen=True)
class Broken:
    """A file and the mistakes that its error must list, all of them and in this order."""

    label: str
    name: str
    data: bytes
    mistakes: list[str]
    format: str | None = None


def swf(**fields: object) -> bytes:
    """Return an SWF line with some fields replaced, by position: f4="x"."""
    words = GOOD_SWF.decode().split()
    for place, value in fields.items():
        words[int(place[1:]) - 1] = str(value)
    return " ".join(words).encode() + b"\n"


def damaged(packed: bytes) -> bytes:
    """Return a gzip file whose check sum is wrong."""
    return packed[:-8] + struct.pack("<I", zlib.crc32(b"other")) + packed[-4:]


CASES = [
    Broken("empty", "a.swf", b"", ["is empty: a table of jobs is expected"]),
    Broken("empty gzip", "a.csv.gz", gzip.compress(b""), ["is empty: a table of jobs is expected"]),
    Broken("nothing in .gz", "a.csv.gz", b"", ["is empty: a table of jobs is expected"]),
    Broken("only a BOM", "a.csv", b"\xef\xbb\xbf", ["is empty: a table of jobs is expected"]),
    Broken("only comments", "a.swf", b"; Version: 2.2\n", ["holds no job: it ends behind its header"]),
    Broken("only a header line", "a.csv", ITP, ["holds no job: it ends behind its header"]),
    Broken("header without newline", "a.csv", ITP.strip(), ["holds no job: it ends behind its header"]),
    Broken("only newlines", "a.csv", b"\n\n", ["holds no header line: a table of jobs is expected"], "itp"),
    Broken(
        "truncated gzip",
        "a.swf.gz",
        PACKED[:-12],
        ["the gzip file is truncated behind byte 0 of its text: fetch it again"],
    ),
    Broken(
        "not gzip",
        "a.swf.gz",
        GOOD_SWF,
        ["is not gzip although its name ends in .gz: rename or fetch it again"],
    ),
    Broken("zip", "a.csv", b"PK\x03\x04rest", ["is a zip archive: unpack it first"]),
    Broken("tar", "a.csv.gz", gzip.compress(b"\0" * 257 + b"ustar"), ["is a tar archive: unpack it first"]),
    Broken("UTF-16", "a.csv", ITP.decode().encode("utf-16"), ["is UTF-16 text: save it as UTF-8"]),
    Broken(
        "Latin-1",
        "a.csv",
        ITP + b"a,0,1,1\n" + "é,0,1,1\n".encode("latin-1"),
        ["line 3: byte 0xe9 is not UTF-8: save the file as UTF-8"],
    ),
    Broken(
        "missing columns",
        "a.csv",
        b"job_id,submission_time,durations,num_gpus\na,1,2,3\n",
        [
            "column duration is missing (is 'durations' meant?)",
            "column num_gpu is missing (is 'num_gpus' meant?)",
            "expected are job_id, submission_time, duration, num_gpu; "
            "found are 'job_id', 'submission_time', 'durations', 'num_gpus'",
        ],
    ),
    Broken(
        "column twice",
        "a.csv",
        b"job_id,submission_time,duration,num_gpu,duration\na,1,2,3,4\n",
        [
            "column duration stands 2 times: once is expected",
            "expected are job_id, submission_time, duration, num_gpu; "
            "found are 'job_id', 'submission_time', 'duration', 'num_gpu', 'duration'",
        ],
    ),
    Broken(
        "fields that are no numbers",
        "a.swf",
        b"; Version: 2.2\n" + GOOD_SWF + swf(f1=2, f4="abc", f5="1.5") + swf(f1=3, f2="12:00", f3="x"),
        [
            "line 3, allocated processors = '1.5' is a fraction; a whole number is expected",
            "line 3, run time = 'abc' is no number; seconds are expected",
            "line 4, submit time = '12:00' is no number; seconds are expected",
            "line 4, wait time = 'x' is no number; seconds are expected",
        ],
    ),
    Broken(
        "NaN and infinity",
        "a.csv",
        ITP + b"a,nan,1,1\nb,0,inf,1\nc,0,-Infinity,1\n",
        [
            "line 2, submission_time = 'nan' is not finite; seconds are expected",
            "line 3, duration = 'inf' is not finite; seconds are expected",
            "line 4, duration = '-Infinity' is not finite; seconds are expected",
        ],
    ),
    Broken(
        "overflow",
        "a.csv",
        ITP
        + b"a,9223372036854776,1,1\nb,0,1e999999999,1\n"
        + b"c,0,1,9223372036854775808\nd,-9223372036854775808,1,1\n",
        [
            "line 2, submission_time = '9223372036854776' is too large for 64 bits; seconds are expected",
            "line 3, duration = '1e999999999' is too large for 64 bits; seconds are expected",
            "line 4, num_gpu = '9223372036854775808' is too large for 64 bits; a whole number is expected",
            "line 5, submission_time = '-9223372036854775808' is too large for 64 bits; seconds are expected",
        ],
    ),
    Broken(
        "times that overflow together",
        "a.csv",
        ITP + b"a,0,4000000000000000,1\nb,0,4000000000000000,1\n",
        ["last submit and all walltimes together exceed 146,135,512 years"],
    ),
    Broken(
        "too few and too many fields in SWF",
        "a.swf",
        GOOD_SWF + b"2 0 -1 10 1\n" + b"; between\n" + swf(f18="-1 -1"),
        ["line 2 has 5 fields: 18 are expected", "line 4 has 19 fields: 18 are expected"],
    ),
    Broken(
        "a cut last line of a table",
        "a.csv",
        ITP + b"a,0,1,1\nb,0",
        ["line 3 has 2 fields: 4 are expected"],
    ),
    Broken(
        "a comma in a quoted field",
        "a.csv",
        ITP + b'"a,b",0,1,1\n',
        ["line 2 has 5 fields: 4 are expected"],
    ),
    Broken(
        "empty fields",
        "a.csv",
        ITP + b",0,1,1\nb,,1,1\nc,0,1,\n,,,\n",
        [
            "line 2, job_id is empty: a name is expected",
            "line 3, submission_time = '' is empty; seconds are expected",
            "line 4, num_gpu = '' is empty; a whole number is expected",
            "line 5, duration = '' is empty; seconds are expected",
            "line 5, job_id is empty: a name is expected",
            "line 5, num_gpu = '' is empty; a whole number is expected",
            "line 5, submission_time = '' is empty; seconds are expected",
        ],
    ),
    Broken(
        "timestamps",
        "a.csv",
        PHILLY + b"2017-02-30 00:00:00,1,1,x\n2017-10-09,1,1,x\n2017-10-09 07:01:55,1,1,\nNone,1,1,x\n",
        [
            "line 2, timestamp = '2017-02-30 00:00:00': a time such as 2017-10-09 07:01:55 is expected",
            "line 3, timestamp = '2017-10-09': a time such as 2017-10-09 07:01:55 is expected",
            "line 4, cluster is empty: a name is expected",
            "line 5, timestamp = 'None': a time such as 2017-10-09 07:01:55 is expected",
        ],
    ),
    Broken(
        "no job can be used",
        "a.csv",
        ITP + b"a,0,0,1\nb,0,1,-8\nc,-1,1,1\n",
        [
            "none of its 3 jobs can be used: 1 with run time <= 0, 1 with processors <= 0, 1 with submit < 0",
        ],
    ),
    Broken(
        "unknown table",
        "a.csv",
        b"name;gpu\nx;1\n",
        [
            "its first line, 'name;gpu', fits no known format "
            "(swf: 18 numbers per line, comments begin with ;; "
            "itp: CSV with job_id, submission_time, duration, num_gpu; "
            "philly: CSV with timestamp, duration, num_gpus, cluster)",
        ],
    ),
    Broken(
        "the wrong format told",
        "a.csv",
        ITP + b"a,0,1,1\n",
        ["line 1 has 1 fields: 18 are expected", "line 2 has 1 fields: 18 are expected"],
        "swf",
    ),
    Broken(
        "unknown format told",
        "a.swf",
        GOOD_SWF,
        ["'swff': one of swf, itp, philly is expected; did you mean \"swf\"?"],
        "swff",
    ),
    Broken(
        "more mistakes than are shown",
        "a.csv",
        ITP + b"a,x,1,1\n" * 500,
        [f"line {line}, submission_time = 'x' is no number; seconds are expected" for line in range(2, 22)],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_broken_trace(case: Broken, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.data)
    with pytest.raises(TraceError) as error:
        traces.read(path, case.format)
    if case.label == "more mistakes than are shown":
        shown, more = error.value.mistakes[:-1], error.value.mistakes[-1]
        assert len(shown) == 20
        assert shown == case.mistakes
        assert more == "and 480 more (500 in all)"
    else:
        assert error.value.mistakes == case.mistakes
    assert error.value.source == ("format" if case.format == "swff" else str(path))


def test_there_are_enough_broken_traces() -> None:
    assert len({case.label for case in CASES}) >= 20


def test_damaged_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.swf.gz"
    path.write_bytes(damaged(PACKED))
    with pytest.raises(TraceError, match=r"the gzip file is damaged \(CRC check failed .*\) behind byte 0"):
        traces.read(path)
    path.write_bytes(PACKED + b"rubbish")
    with pytest.raises(TraceError, match=r"the gzip file is damaged \(Not a gzipped file"):
        traces.read(path)


def test_a_gzip_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    chunks = files._chunks

    def counted(path: Path, limit: int, digest: object) -> object:
        for chunk in chunks(path, limit, digest):
            read.append(len(chunk))
            yield chunk

    monkeypatch.setattr(files, "BLOCK", 64 * 1024)
    monkeypatch.setattr(files, "_chunks", counted)
    path = tmp_path / "bomb.swf.gz"
    path.write_bytes(gzip.compress(b";" * 63 + b"\n" + GOOD_SWF * 400_000, 1))
    with pytest.raises(TraceError, match="holds more than 1 MiB of text, the limit of a trace"):
        traces.read(path, limit=2**20)
    assert sum(read) <= 2**20


def test_a_line_without_end_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 64 * 1024)
    path = tmp_path / "a.swf"
    path.write_bytes(GOOD_SWF + b" " * 300_000)
    with pytest.raises(TraceError, match="line 2 is longer than 64 KiB: this is no table of jobs"):
        traces.read(path)


def test_reading_stops_when_enough_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 64 * 1024)
    path = tmp_path / "a.csv"
    path.write_bytes(ITP + b"x\n" * 200_000)
    with pytest.raises(TraceError) as error:
        traces.read(path)
    assert error.value.mistakes[0] == "line 2 has 1 fields: 4 are expected"
    assert error.value.mistakes[-1].endswith(" in all; reading stopped there)")


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="is a folder; a regular file is expected"):
        traces.read(tmp_path)


Missing = Callable[[Path], Path]


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        (lambda folder: folder / "cluster7.csv", 'no such file; did you mean "cluster07.csv"[?]$'),
        (lambda folder: folder / "zzz", "there is no such file$"),
        (lambda folder: folder / "no" / "x.csv", "no such file, and no directory .*no$"),
        (lambda folder: folder / "cluster07.csv" / "x", "cannot be opened: Not a directory$"),
        (lambda folder: folder / ("x" * 5000), "cannot be opened: File name too long$"),
        (lambda folder: folder / "a\0b", "cannot be opened: embedded null byte$"),
    ],
)
def test_a_missing_file(tmp_path: Path, where: Missing, hint: str) -> None:
    (tmp_path / "cluster07.csv").write_bytes(ITP)
    with pytest.raises(TraceError, match=hint):
        traces.read(where(tmp_path))
