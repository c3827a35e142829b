"""Logs that nobody should write (SWF, ITP, Philly): each is refused with its mistakes, or can be replayed."""

import gzip
import random
from pathlib import Path

from fuzz import TEXTS

import onecenter as oc
from onecenter import traces
from onecenter.traces import Trace

#: One log in so many is replayed, if it has no more jobs than these.
REPLAYED, JOBS = 2, 200

SWF = (
    "; Version: 2.2\n; MaxProcs: 16\n; UnixStartTime: 820454400\n; Queue: 1 batch\n; Queue: 2 [/red]\n;\n"
    + "".join(
        f"{i} {i * i * 60} {i % 4 - 1} {600 - 40 * i} {1 + i % 5} -1 -1 {1 + i % 5} {900 - 30 * i} -1 "
        f"{i % 6} {i % 3} 1 -1 {1 + i % 2} -1 -1 -1\n"
        for i in range(1, 13)
    )
)
ITP = "job_id,submission_time,duration,num_gpu\n" + "".join(
    f"j{i},{i * 30}.5,{1_000 - 70 * i},{1 + i % 4}\n" for i in range(12)
)
PHILLY = "timestamp,duration,num_gpus,cluster\n" + "".join(
    f"2017-10-0{1 + i % 9} 0{i % 9}:01:55,{3_000 - 200 * i},{1 + i % 8},vc{i % 3}\n" for i in range(12)
)
LOGS = {"a.swf": SWF, "b.csv": ITP, "c.csv": PHILLY}

#: What a field may become.
FIELDS = (
    *(text for text in TEXTS if "\n" not in text), "-1", "0", "1", "1.5", "8.0", "-0.0", "1e3", "1e18", "1e999999999",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "4611686018427387904", "2147483648", "1" * 99,
    "1" * 101, "0x1", "+5", "５", "1,000", '"', '"a', '"a,b"', "#", ";", "\t", "\r", "1970-01-01 00:00:00", "None",
    "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00", "2017-02-30 00:00:00", "2017-10-09T07:01:55",
)  # fmt: skip

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "gb18030")


def fields_changed(text: str, chance: random.Random) -> str:
    """Return a log with some fields replaced, moved or left out, and some lines repeated, moved or left out."""
    lines = text.split("\n")
    separator = " " if text == SWF else ","
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        parts = lines[place].split(separator)
        field = chance.randrange(len(parts))
        match chance.randrange(20):
            case 0:
                lines[place], lines[other] = lines[other], lines[place]
            case 1:
                lines.insert(place, chance.choice((lines[other], "", ";", "; Note: é", "\r", " ", "x" * 3_000)))
            case 2:
                del lines[place]
            case 3:
                del parts[field]
                lines[place] = separator.join(parts)
            case _:
                parts[field] = chance.choice(FIELDS)
                lines[place] = separator.join(parts)
        lines = lines or [""]
    return chance.choice((*("\n",) * 18, "\r\n", "\r")).join(lines)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with some changed, cut out, repeated or put in."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if not changed:
            break
        place, length = chance.randrange(len(changed)), chance.choice((1, 2, 30, 300))
        match chance.randrange(5):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                changed[place : place + length] = chance.randbytes(length)
            case 2:
                del changed[place : place + length]
            case 3:
                changed[place:place] = changed[:length]
            case 4:
                changed[place:place] = chance.choice((b"\0", b" ", b"\n", b"9")) * length
    return bytes(changed)


def case(seed: int, folder: Path) -> None:
    """Read one log, and replay some."""
    chance = random.Random(seed)
    name = chance.choice(list(LOGS))
    text = fields_changed(LOGS[name], chance) if chance.random() < 0.8 else LOGS[name]
    data = text.encode(chance.choice(ENCODINGS) if chance.random() < 0.1 else "utf-8", "replace")
    if chance.random() < 0.25:
        data = damaged(data, chance)
    if chance.random() < 0.15:
        data = gzip.compress(data, 1)
        data = damaged(data, chance) if chance.random() < 0.5 else data
        name += chance.choice((".gz", ""))
    path = folder / name
    path.write_bytes(data)
    try:
        known = traces.read(path, None if chance.random() < 0.9 else chance.choice(("swf", "itp", "philly")))
        use(known, path, chance, seed)
    finally:
        path.unlink()


def use(trace: Trace, path: Path, chance: random.Random, seed: int) -> None:
    """Fit a log to a center, and replay some."""
    assert trace.quality.jobs == len(trace.jobs)
    assert trace.quality.lines()
    jobs = trace.jobs
    assert (jobs.submit[1:] >= jobs.submit[:-1]).all()
    assert (jobs.run >= 1).all()
    assert (jobs.run <= jobs.walltime).all()
    assert (jobs.processors >= 1).all()
    traces.to_workload(trace, traces.parse_nodes("4x8"))
    if seed % REPLAYED == 0 and len(jobs) <= JOBS:
        windows = {"warmup": ("0 s", "5 min"), "horizon": (None, "20 min"), "skip_first": (0.0, 0.3)}
        part = {key: chance.choice(values) for key, values in windows.items()}
        oc.replay(path, nodes="4x8", format=trace.format, **part).summary()  # type: ignore[arg-type]
