"""Replays of logs: their clock, their mistakes, the machine of the header, requeues, jobs larger than the center."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError, TraceError
from onecenter.traces import read

HOUR = 3_600_000

#: An instant of 2017, as a log with an epoch clock has it (s).
EPOCH = 1_500_000_000

Write = Callable[..., str]
Call = Callable[..., Any]


def swf(
    job: object,
    submit: int,
    run: int = 60,
    processors: int = 1,
    *,
    requested: int = -1,
    asked: int = 60,
    status: int = 1,
) -> str:
    """Return one line of an SWF log."""
    return f"{job} {submit} -1 {run} {processors} -1 -1 {requested} {asked} -1 {status} 1 1 -1 -1 -1 -1 -1\n"


def hourly(first: int, count: int = 10) -> str:
    """Return a log of jobs submitted every half hour from an instant (s) on."""
    return "; MaxProcs: 4\n" + "".join(swf(i + 1, first + 1_800 * i) for i in range(count))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a log and returns its path."""

    def written(text: str | bytes, name: str = "log.swf") -> str:
        path = tmp_path / name
        data = text.encode() if isinstance(text, str) else text
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(path)

    return written


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command, checks its exit status, and returns what it prints."""

    def called(*words: str, status: int = 0) -> str:
        assert main(words) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return called


# The clock: both ends count from the first submit that is used.


@pytest.mark.case("6.1")
@pytest.mark.parametrize("first", [7_200, EPOCH])
def test_warmup_and_horizon_count_from_the_first_submit(write: Write, call: Call, first: int) -> None:
    words = ("replay", write(hourly(first)), "--processors", "4", "--warmup", "1 h", "--horizon", "3 h", "--json")
    summary = json.loads(call(*words))
    # Submitted at 0, 0.5, … 4.5 h: those at 1, 1.5, 2 and 2.5 h.
    assert summary["center"]["submitted"] == 4
    assert {name: summary["window_s"][name] for name in ("warmup", "horizon", "origin")} == {
        "warmup": 3_600, "horizon": 10_800, "origin": first,
    }  # fmt: skip


@pytest.mark.case("6.1")
def test_rows_that_are_left_out_begin_no_clock(write: Write) -> None:
    log = write(swf(1, 0, run=0) + hourly(EPOCH))
    assert oc.replay(log, processors=4, horizon="1 h").summary()["center"]["submitted"] == 2


@pytest.mark.case("6.1")
def test_tables_keep_the_clock_of_the_log(write: Write) -> None:
    result = oc.replay(write(hourly(EPOCH)), processors=4, horizon="1 h")
    assert result.jobs["submit_ms"].to_list()[:2] == [EPOCH * 1_000, EPOCH * 1_000 + HOUR // 2]
    assert (result.window.warmup, result.window.horizon) == (EPOCH * 1_000, EPOCH * 1_000 + HOUR)


@pytest.mark.case("6.1")
@pytest.mark.parametrize("picture", ["utilisation", "queue", "gantt"])
def test_pictures_count_from_the_first_submit(write: Write, picture: str) -> None:
    from onecenter.plot import new_axes

    for first in (7_200, EPOCH):
        result = oc.replay(write(hourly(first)), processors=4, warmup="30 min", horizon="4 h")
        ax = getattr(result.plot, picture)(new_axes())
        assert ax.get_xlim() == (0.5, 4.0)
        assert ax.get_xlabel() == "time since the start (h)"


@pytest.mark.case("6.1")
def test_a_share_of_the_jobs_and_a_horizon_go_together(write: Write) -> None:
    result = oc.replay(write(hourly(EPOCH)), processors=4, skip_first=0.2, horizon="2 h")
    assert result.summary()["center"]["submitted"] == 2
    assert oc.replay(write(hourly(0, 100)), processors=4, skip_first=0.29).summary()["center"]["submitted"] == 71


# No job left: the log's span is named.


@pytest.mark.case("6.2")
@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("--warmup", "500 d"), "warmup = 500 d: no job is submitted from there on"),
        (("--warmup", "271 min"), "warmup = 271 min: no job is submitted from there on"),
        (("--horizon", "0 s"), "horizon = 0 s: must be longer than 0"),
        (("--warmup", "2 h", "--horizon", "2 h"), "warmup = 2 h: must end before the horizon of 2 h"),
        (("--skip-first", "50%", "--horizon", "90 min"), "skip_first = 50 %: must end before the horizon of 90 min"),
        (("--warmup", "61 min", "--horizon", "89 min"), "no job is submitted between them"),
    ],
)
def test_no_job_left_is_a_mistake(write: Write, call: Call, options: tuple[str, ...], wrong: str) -> None:
    text = call("replay", write(hourly(EPOCH)), "--processors", "4", *options, status=2)
    assert wrong in text
    assert "the log spans 4.5 h from its first submit to its last" in text


@pytest.mark.case("6.2")
def test_no_job_left_is_a_mistake_in_python(write: Write) -> None:
    with pytest.raises(TraceError, match=r"no job is submitted from there on; the log spans 4\.5 h"):
        oc.replay(write(hourly(0)), processors=4, warmup=17 * HOUR)


# What is no time.


@pytest.mark.case("6.3")
@pytest.mark.parametrize("option", ["warmup", "horizon"])
@pytest.mark.parametrize("text", ["abc", "-5 d", "5", "", "1e999 d", "28 days", "nan h", "2000 y"])
def test_what_is_no_time_is_told_as_for_scenarios(write: Write, call: Call, option: str, text: str) -> None:
    told = call("replay", write(hourly(0)), "--processors", "4", f"--{option}", text, status=2)
    scenario = call("run", "tiny", "--set", f"time.{option}='{text}'", status=2)
    assert f"--{option}: {text!r}: " in told
    assert told.split(f"{text!r}: ")[1] == scenario.split("(--set): ")[1]


@pytest.mark.case("6.3")
@pytest.mark.parametrize(
    ("given", "right"),
    [
        ({"warmup": -5}, "warmup = -5: at least 0 is expected"),
        ({"warmup": 2.5}, "warmup = 2.5: a whole number is expected"),
        ({"horizon": True}, "horizon = True: a whole number is expected"),
        ({"warmup": "5"}, 'warmup = \'5\': the unit is missing; write text such as "5 min"'),
        ({"horizon": 10**30}, "horizon = 1000000000000000000000000000000: at most 31,536,000,000,000 is expected"),
        ({"skip_first": 1}, "skip_first = 1: less than 1 is expected"),
        ({"skip_first": float("nan")}, "skip_first = nan: a finite number is expected"),
        ({"skip_first": "1"}, "skip_first = '1': a number is expected"),
    ],
)
def test_what_is_no_time_is_told_in_python(write: Write, given: dict[str, Any], right: str) -> None:
    with pytest.raises(TraceError) as error:
        oc.replay(write(hourly(0)), processors=4, **given)
    assert len(error.value.mistakes) == 1
    assert right in error.value.mistakes[0]


@pytest.mark.case("6.3")
@pytest.mark.parametrize(
    ("given", "right"),
    [
        ({"processors": "4"}, "processors = '4': a whole number is expected"),
        ({"nodes": 48}, "nodes x accelerators per node is expected"),
        ({"nodes": "1000000x2147483"}, "accelerators in all = 2147483000000: at most 10,000,000 is expected"),
        ({"processors": 4, "format": 5}, "5: one of swf, itp, philly is expected"),
        ({"processors": 4, "trace": None}, "None: a log's file is expected"),
        ({"processors": 4, "trace": b"log.swf"}, "b'log.swf': a log's file is expected"),
    ],
)
def test_what_is_no_machine_and_no_log_is_told_in_python(write: Write, given: dict[str, Any], right: str) -> None:
    with pytest.raises(OnecenterError) as error:
        oc.replay(**{"trace": write(hourly(0)), **given})
    assert right in error.value.mistakes[0]


@pytest.mark.case("6.3")
def test_a_format_is_not_dropped(write: Write) -> None:
    with pytest.raises(TraceError, match="format = 'itp': the log has been read already"):
        oc.replay(read(write(hourly(0))), processors=4, format="itp")


@pytest.mark.case("6.3")
def test_all_mistakes_are_told_at_once(write: Write) -> None:
    with pytest.raises(TraceError) as error:
        oc.replay(write(hourly(0)), processors=4, warmup="x", horizon=-1, skip_first=2)
    assert [mistake.split(" = ")[0] for mistake in error.value.mistakes] == ["warmup", "horizon", "skip_first"]


# The machine of the header.


@pytest.mark.case("6.4")
def test_the_header_gives_the_machine(write: Write, call: Call) -> None:
    jobs = hourly(0).replace("MaxProcs: 4", "MaxProcs: 6 of 8")
    log = write("; MaxNodes: 2\n" + jobs + swf(99, 20_000, processors=6))
    text = call("replay", log)
    assert "the center is one pool of 6 accelerators (MaxProcs of the log's header)" in text
    summary = json.loads(call("replay", log, "--json"))
    assert summary["replay"]["center"] == {"processors": 6, "by": "MaxProcs of the log's header"}
    assert oc.replay(log).fleet == oc.replay(log, processors=6).fleet


@pytest.mark.case("6.4")
def test_a_header_that_knows_only_its_nodes(write: Write) -> None:
    result = oc.replay(write("; MaxNodes: 3\n" + swf(1, 0)))
    assert [(kind.count, kind.accelerators) for kind in result.fleet] == [(1, 3)]
    assert result.summary()["replay"]["center"]["by"] == "MaxNodes of the log's header"


@pytest.mark.case("6.4")
@pytest.mark.parametrize("header", ["", "; MaxProcs: 0\n", "; MaxProcs: many\n", "; MaxProcs: 12345678901234567890\n"])
def test_a_header_that_says_nothing_needs_an_option(write: Write, call: Call, header: str) -> None:
    text = call("replay", write(header + swf(1, 0)), status=2)
    assert "its header names no MaxProcs: one of processors, nodes (such as 128x8) and center" in text


@pytest.mark.case("6.4")
def test_an_impossible_header_is_a_mistake(write: Write, call: Call) -> None:
    text = call("replay", write("; MaxProcs: 99999999999\n" + swf(1, 0)), status=2)
    assert "MaxProcs of its header: processors = 99999999999: at most" in text


# Requeued jobs and comments.


@pytest.mark.case("6.6")
def test_a_job_id_that_comes_again_is_kept_and_counted(write: Write, call: Call) -> None:
    log = write("".join(swf(job, submit) for job, submit in ((7, 0), (8, 10), (7, 20), (7, 5))))
    result = oc.replay(log, processors=4)
    # Numbered in the order of the file, listed in the order of submission.
    assert result.jobs["name"].to_list() == ["7", "7#3", "8", "7#2"]
    assert "2 adjusted: job id again" in call("replay", log, "--processors", "4")


@pytest.mark.case("6.6")
def test_a_told_apart_id_meets_no_other(write: Write) -> None:
    rows = "".join(f"{name},{place},1,1\n" for place, name in enumerate(["a", "a#2", "a", "b", "a", "a#2"]))
    result = oc.replay(write("job_id,submission_time,duration,num_gpu\n" + rows, "jobs.csv"), processors=1)
    assert result.jobs["name"].to_list() == ["a", "a#2", "a#3", "b", "a#4", "a#2#2"]


@pytest.mark.case("6.6")
@pytest.mark.parametrize("name", ["log.swf", "log.swf.gz", "plain"])
def test_a_comment_may_hold_any_bytes(write: Write, name: str) -> None:
    wild = b"; Computer: caf\xe9 \xff\xfe\x00\n; MaxProcs: 4\n" + swf(1, 0).encode() + b" ;\x80 between\n"
    result = oc.replay(write(wild + swf(2, 5).encode(), name), processors=4)
    assert result.jobs["name"].to_list() == ["1", "2"]


def test_other_lines_are_utf8(write: Write) -> None:
    with pytest.raises(TraceError, match="line 2: byte 0xe9 is not UTF-8"):
        read(write(b"; caf\xe9\n" + swf(1, 0).encode().replace(b"60", b"\xe9")))
    with pytest.raises(TraceError, match="line 2: byte 0xe9 is not UTF-8"):
        read(write(b"job_id,submission_time,duration,num_gpu\n;\xe9,0,1,1\n", "jobs.csv"))


# A log where a scenario is expected, and the other way round.


@pytest.mark.case("6.7")
@pytest.mark.parametrize("name", ["log.swf.gz", "log.swf", "jobs.CSV", "log.txt", "headless"])
@pytest.mark.parametrize(
    "words",
    [
        ("sweep", "LOG", "--vary", "a.b=1,2", "--out", "nowhere"),
        ("plan", "LOG", "--vary", "center.nodes.a.count=1:2"),
        ("run", "LOG"),
        ("show", "LOG"),
        ("validate", "LOG"),
    ],
)
def test_a_log_is_no_scenario(write: Write, call: Call, words: tuple[str, ...], name: str) -> None:
    log = write(swf(1, 0) if name == "headless" else hourly(0), name)
    text = call(*(log if word == "LOG" else word for word in words), status=2)
    assert "this is a log" in text
    assert "show and validate take scenarios" in text


@pytest.mark.case("6.7")
def test_neither_is_one_that_a_scenario_extends(write: Write, call: Call) -> None:
    log = write(hourly(0), "log.swf.gz")
    ours = write(f'extends = "{log}"\n', "ours.toml")
    assert "this is a log" in call("compare", ours, status=2)


@pytest.mark.case("6.7")
def test_a_scenario_is_no_log(write: Write, call: Call) -> None:
    ours = write('extends = "tiny"\n', "ours.toml")
    assert "this is a scenario" in call("replay", ours, "--processors", "4", status=2)


# Jobs that are larger than the center.


BIG = "".join(swf(job, 10 * job, processors=size) for job, size in ((1, 1), (2, 5), (3, 4), (4, 900)))
LARGER = "larger than the center (more accelerators than all nodes of a type)"


@pytest.mark.case("1.4")
def test_jobs_larger_than_the_center_are_said_everywhere(write: Write, call: Call, tmp_path: Path) -> None:
    words = ("replay", write(BIG + swf(5, 60, run=0)), "--nodes", "2x2", "--out", str(tmp_path / "out"))
    lines = [line.strip() for line in call(*words).splitlines()[:3]]
    assert lines == ["4 of 5 jobs are used", f"2 of them refused: {LARGER}", "1 left out: run time <= 0"]
    summary = json.loads(call(*words, "--json"))
    expected = {"rows": 5, "jobs": 4, "left_out": {"run time <= 0": 1}, "refused": {LARGER: 2}}
    saved = oc.Result.load(tmp_path / "out" / "result.parquet")
    written = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    for quality in (summary["replay"]["quality"], written["replay"]["quality"], saved.provenance["replay"]["quality"]):
        assert {name: quality[name] for name in expected} == expected
    assert saved.jobs["outcome"].to_list() == ["completed", "refused", "completed", "refused"]
    assert saved.jobs["accelerators"].to_list() == [1, 5, 4, 900]
    for part in (summary["center"], summary["platforms"]["all"]):
        assert (part["refused"], part["started"]) == (2, 2)


@pytest.mark.case("1.4")
def test_a_job_of_more_processors_than_any_machine_is_left_out(write: Write, call: Call) -> None:
    text = call("replay", write(swf(1, 0) + swf(2, 5, processors=2**31)), "--processors", "4")
    assert "1 left out: processors > 2,147,483,647" in text


def test_a_center_too_small_for_all_is_a_mistake(write: Write) -> None:
    with pytest.raises(OnecenterError, match="no job fits: the smallest asks for 4 processors"):
        oc.replay(write(swf(1, 0, processors=4)), nodes="1x2")


# The report.

#: A row of every kind that is left out, adjusted or refused.
EVERY_KIND = "".join(
    [
        "; MaxProcs: 4\n",
        swf(1, 50),
        swf(1, 40),
        swf(2, 60, status=3),
        swf(3, 60, run=0),
        swf(4, 60, processors=0),
        swf(5, -60),
        swf(6, 60, processors=2**31),
        swf(7, 60, processors=5),
        swf(8, 60, run=90, processors=-1, requested=2),
        swf(9, 60, asked=-1),
    ]
)


@pytest.mark.case("1.4")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_says_what_was_used_of_a_log(write: Write, call: Call, tmp_path: Path, language: str) -> None:
    out, page = str(tmp_path / "out"), tmp_path / "report.html"
    quality = json.loads(call("replay", write(EVERY_KIND), "--out", out, "--json"))["replay"]["quality"]
    counts = {**quality["left_out"], **quality["repaired"], **quality["refused"]}
    assert (len(quality["left_out"]), len(quality["repaired"]), counts[LARGER]) == (5, 5, 1)
    call("report", out, "-o", str(page), "--lang", language)
    text = page.read_text(encoding="utf-8")
    if language == "en":
        assert "5 of the log&#39;s 10 jobs are used." in text
        assert f"1 of them refused by the center: {LARGER}." in text
    else:
        assert "日志共有作业 10 个，使用 5 个。" in text
        assert "其中 1 个被中心拒绝：所需加速卡超过任一机型的总数。" in text
        assert [reason for reason in counts if reason in text] == []
    assert "log&#39;s header says" in text or "中心配置取自日志头部：4 块加速卡，不分节点。" in text


@pytest.mark.slow
@pytest.mark.case("1.4")
def test_philly_on_64_accelerators_counts_every_job(trace_file: Callable[[str], Path], call: Call) -> None:
    path = trace_file("philly.csv.gz")
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        rows = list(csv.DictReader(file))
    larger = sum(float(row["num_gpus"]) > 64 for row in rows)
    assert (len(rows), larger) == (82_247, 3)
    summary = json.loads(call("replay", str(path), "--nodes", "8x8", "--policy", "fifo", "--json"))
    quality = summary["replay"]["quality"]
    assert (quality["rows"], quality["jobs"], quality["left_out"]) == (82_247, 82_247, {})
    assert quality["refused"] == {LARGER: larger}
    parts = [summary["center"], *summary["platforms"].values()]
    assert parts[0]["started"] + parts[0]["refused"] == 82_247
    assert sum(part["refused"] for part in parts[1:]) == larger


@pytest.mark.case("6.2")
@pytest.mark.parametrize(("horizon", "shown"), [("271 min", True), ("270 min", False), ("5 d", True)])
def test_a_horizon_behind_the_log_is_said(write: Write, call: Call, horizon: str, shown: bool) -> None:
    text = call("replay", write(hourly(EPOCH)), "--horizon", horizon)
    assert ("the horizon lies behind the log's last submit, 4.5 h after its first" in text) == shown
