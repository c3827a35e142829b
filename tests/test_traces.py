"""Readers of traces, on small made-up files and, where they are, on the real ones."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from onecenter_kernels.codes import CANCELLED_RUNNING, COMPLETED, FAILED, SPREAD_ANY, SPREAD_TASKS
from trim import pyss_figures, pyss_trim

from onecenter import traces
from onecenter.engine.center import Center
from onecenter.errors import OnecenterError, TraceError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.log import REFUSED
from onecenter.results.segments import fates
from onecenter.traces import files
from onecenter.workload.table import type_order

Write = Callable[[str, str], Path]
Find = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_text(name: str, text: str) -> Path:
        path = tmp_path / name
        data = text.encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write_text


def swf(
    job: int,
    submit: object,
    run: object,
    processors: int,
    *,
    requested: int = -1,
    asked: object = -1,
    status: int = 1,
    user: int = 1,
    queue: int = -1,
    partition: int = -1,
) -> str:
    """Return one line of an SWF log."""
    fields = (job, submit, -1, run, processors, -1, -1, requested, asked, -1, status, user, -1, -1, queue)
    return " ".join(map(str, (*fields, partition, -1, -1))) + "\n"


HEADER = """; Version: 2.2
; Computer: Abacus
; MaxProcs: 16 (of 20)
; Note: the first
;       goes on
; Note: the second
; Queue: 0 interactive short jobs
; Queue: 1 batch
"""

ITP = "job_id,submission_time,duration,num_gpu\n"
PHILLY = "timestamp,duration,num_gpus,gpu_time,cluster\n"


def test_swf_columns_and_header(write: Write) -> None:
    path = write("log.swf", HEADER + swf(7, 10, 100, 4, asked=300) + swf(8, 12, 50, 2, asked=60))
    trace = traces.read(path)
    assert trace.format == "swf"
    assert trace.jobs.names == ("7", "8")
    assert trace.jobs.submit.tolist() == [10_000, 12_000]
    assert trace.jobs.run.tolist() == [100_000, 50_000]
    assert trace.jobs.walltime.tolist() == [300_000, 60_000]
    assert trace.jobs.processors.tolist() == [4, 2]
    assert trace.jobs.line.tolist() == [9, 10]
    assert trace.header["Computer"] == "Abacus"
    assert trace.header["Note"] == "the first\ngoes on\nthe second"
    assert trace.machine == ("MaxProcs", 16)
    assert trace.quality.lines() == ["2 of 2 jobs are used"]
    assert all(
        getattr(trace.jobs, name).dtype == np.int64 for name in ("submit", "run", "walltime", "processors")
    )


def test_swf_rules_are_counted(write: Write) -> None:
    lines = [
        swf(1, 0, 100, 4, asked=60),  # cut
        swf(2, 5, 0, 4),  # run time
        swf(3, 5, -1, -1),  # run time comes first
        swf(4, 6, 10, -1),  # processors
        swf(5, -3, 10, 1),  # submit
        swf(6, 9, 10, 0, requested=3),  # as requested
        swf(7, 8, 10, 5, requested=3, asked=10),  # late, and allocated goes before requested
        swf(8, 9, 10, 17, asked=20, status=0),
        swf(8, 9, 10, 17, status=3),  # a part of the one above
        swf(9, 9, 10, 1, asked=20, status=5),
    ]
    trace = traces.read(write("log.swf", "".join(lines)))
    assert trace.jobs.names == ("1", "7", "6", "8", "9")
    assert trace.jobs.run.tolist() == [60_000, 10_000, 10_000, 10_000, 10_000]
    assert trace.jobs.walltime.tolist() == [60_000, 10_000, 10_000, 20_000, 20_000]
    assert trace.jobs.processors.tolist() == [4, 5, 3, 17, 1]
    assert trace.jobs.outcome.tolist() == [COMPLETED, COMPLETED, COMPLETED, FAILED, CANCELLED_RUNNING]
    workload, quality = traces.to_workload(trace, traces.flat_pool(16))
    assert workload.names == ("1", "7", "6", "8", "9")
    assert quality.rows == 10
    assert quality.jobs == 5 == len(workload)
    assert quality.left_out == {
        "part of a job (status 2, 3 or 4)": 1,
        "run time <= 0": 2,
        "processors <= 0": 1,
        "submit < 0": 1,
    }
    assert quality.refused == {"larger than the center (more accelerators than all nodes of a type)": 1}
    assert quality.repaired == {
        "processors as requested (the log has none allocated)": 1,
        "walltime = run time (the log asks for none)": 1,
        "run time cut at the walltime": 1,
        "not in order of submission (sorted, ties in file order)": 1,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.0001", 1),
        ("16.1", 16_100),
        ("1.0001", 1_001),
        ("66.0", 66_000),
        ("1e3", 1_000_000),
        ("+5", 5_000),
        (".5", 500),
        ("9223372036.000000000000000001", 9_223_372_036_001),
    ],
)
def test_seconds_are_rounded_up_to_the_millisecond(write: Write, text: str, expected: int) -> None:
    trace = traces.read(write("log.swf", swf(1, 0, text, 1)))
    assert trace.jobs.run.tolist() == [expected]


def test_swf_may_have_tabs_and_carriage_returns_and_comments_between(write: Write) -> None:
    line = swf(1, 0, 10, 1)
    text = (
        "\ufeff; a\r\n\r\n  "
        + line.replace(" ", " \t ").replace("\n", "  \r\n")
        + "\n;b\n \t\n"
        + swf(2, 1, 10, 1).strip()
    )
    trace = traces.read(write("log.swf", text))
    assert trace.jobs.names == ("1", "2")
    assert trace.jobs.line.tolist() == [3, 7]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"queue": 1}, {"queue": 1}, ("all",)),
        ({"queue": 1}, {"queue": 0}, ("interactive", "batch")),
        ({"queue": 1}, {"queue": -1}, ("no-queue", "batch")),
        ({"queue": 1, "partition": 3}, {"queue": 0, "partition": 2}, ("partition-2", "partition-3")),
    ],
)
def test_swf_platforms(
    write: Write, first: dict[str, int], second: dict[str, int], expected: tuple[str, ...]
) -> None:
    text = HEADER + swf(1, 0, 1, 1, **first) + swf(2, 0, 1, 1, **second)
    trace = traces.read(write("log.swf", text))
    assert trace.partitions == expected
    assert trace.jobs.partition.tolist() == ([0, 0] if len(expected) == 1 else [1, 0])


def test_queues_of_one_name_keep_their_numbers(write: Write) -> None:
    text = "; Queue: 0 q\n; Queue: 1 q\n" + swf(1, 0, 1, 1, queue=0) + swf(2, 0, 1, 1, queue=1)
    assert traces.read(write("log.swf", text)).partitions == ("queue-0", "queue-1")


def test_tenants_are_renumbered_within_a_platform(write: Write) -> None:
    rows = [(5, 0), (9, 0), (5, 0), (9, 1), (77, 1), (9, 1)]
    text = "".join(swf(i, i, 1, 1, user=user, queue=queue) for i, (user, queue) in enumerate(rows))
    workload, _ = traces.to_workload(traces.read(write("log.swf", text)), traces.flat_pool(1))
    assert workload.tenant.tolist() == [0, 1, 0, 0, 1, 0]
    assert workload.platforms == ("queue-0", "queue-1")
    assert workload.streams == ("queue-0.log", "queue-1.log")
    assert workload.stream.tolist() == workload.platform.tolist() == [0, 0, 0, 1, 1, 1]


def test_itp_keeps_the_logs_seconds(write: Write) -> None:
    trace = traces.read(write("jobs.csv.gz", ITP + "b,20,30,8\na,10,5.5,1"))
    assert trace.format == "itp"
    assert trace.jobs.names == ("a", "b")
    assert trace.jobs.submit.tolist() == [10_000, 20_000]
    assert trace.jobs.run.tolist() == trace.jobs.walltime.tolist() == [5_500, 30_000]
    assert trace.partitions == ("all",)
    assert trace.quality.repaired == {
        "walltime = run time (the log asks for none)": 2,
        "not in order of submission (sorted, ties in file order)": 1,
    }


def test_philly_starts_at_its_first_used_submit(write: Write) -> None:
    rows = [
        "2017-10-01 00:00:10.5,66.0,1.0,66.0,vc2",
        "2017-10-01 00:00:00,5,16,1,vc1",
        "2017-09-30 00:00:00,0.0,1,1,vc0",
        "2017-10-01 00:00:10.5,7,1,1,vc1",
    ]
    trace = traces.read(write("philly.csv", PHILLY + "\n".join(rows) + "\n\n"))
    assert trace.format == "philly"
    assert trace.jobs.submit.tolist() == [0, 10_500, 10_500]
    assert trace.jobs.run.tolist() == [5_000, 66_000, 7_000]
    assert trace.jobs.line.tolist() == [3, 2, 5]
    assert trace.partitions == ("vc1", "vc2")
    assert trace.jobs.partition.tolist() == [0, 1, 0]
    assert trace.jobs.names is None
    assert trace.header == {"StartTime": "2017-10-01 00:00:00"}
    assert trace.quality.left_out == {"run time <= 0": 1}


def test_columns_of_a_table_may_stand_in_any_order_with_others_and_quotes(write: Write) -> None:
    text = 'user,"num_gpu", duration ,job_id,submission_time\r\nx,"2",3,"j",4\r\n'
    trace = traces.read(write("jobs.csv", text))
    assert (trace.jobs.names, trace.jobs.processors.tolist()) == (("j",), [2])
    assert (trace.jobs.run.tolist(), trace.jobs.submit.tolist()) == ([3_000], [4_000])


def test_format_is_found_by_name_then_by_first_line_and_can_be_told(write: Write) -> None:
    log = swf(1, 0, 1, 1)
    assert traces.read(write("log.txt", log)).format == "swf"
    assert traces.read(write("log2.txt", "; Computer: x\n" + log)).format == "swf"
    assert traces.read(write("log.SWF.gz", log)).format == "swf"
    assert traces.read(write("no_name", ITP + "a,0,1,1\n"), "itp").format == "itp"


def test_equal_submits_keep_the_order_of_the_file(write: Write) -> None:
    text = ITP + "".join(f"{name},{submit},1,1\n" for name, submit in zip("dacb", (5, 5, 0, 5), strict=True))
    assert traces.read(write("jobs.csv", text)).jobs.names == ("c", "d", "a", "b")


def test_small_blocks_give_the_same_trace(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [HEADER, *(swf(i, i * 3 % 40, 1 + i, 1 + i % 7, asked=50) for i in range(60))]
    path = write("log.swf.gz", "".join(lines))
    whole = traces.read(path)
    monkeypatch.setattr(files, "BLOCK", 256)
    pieces = traces.read(path)
    assert len(list(files.blocks(path, traces.LIMIT))) > 10
    assert pieces.jobs.names == whole.jobs.names
    assert pieces.jobs.line.tolist() == whole.jobs.line.tolist()
    assert pieces.header == whole.header
    assert pieces.quality == whole.quality


def test_jobs_larger_than_a_node_are_spread_and_larger_than_a_type_refused(write: Write) -> None:
    text = ITP + "".join(f"j{n},{n},1,{n}\n" for n in (1, 8, 9, 32, 33))
    fleet = (NodeType("a", 4, 8), NodeType("b", 5, 4), NodeType("idle", 0, 64))
    workload, quality = traces.to_workload(traces.read(write("jobs.csv", text)), fleet)
    assert workload.names == ("j1", "j8", "j9", "j32", "j33")
    assert workload.accelerators.tolist() == [1000, 8000, 1000, 1000, 1000]
    assert workload.tasks.tolist() == [1, 1, 9, 32, 33]
    assert workload.spread.tolist() == [SPREAD_TASKS, SPREAD_TASKS, SPREAD_ANY, SPREAD_ANY, SPREAD_ANY]
    assert [type_order(int(code)) for code in workload.types] == [[0, 1, 2]] * 5
    assert quality.left_out == {}
    assert sum(quality.refused.values()) == 1
    center = Center(fleet, Policy(), workload)
    center.run()
    assert fates(center.log, 5).outcome.tolist().count(REFUSED) == 1
    assert quality.repaired["more processors than a node: taken anywhere on the nodes"] == 2


def test_no_job_fits(write: Write) -> None:
    trace = traces.read(write("jobs.csv", ITP + "a,0,1,9\nb,0,1,12\n"))
    with pytest.raises(TraceError, match="smallest asks for 9 processors, no node type has more than 8"):
        traces.to_workload(trace, traces.parse_nodes("1x8"))


def test_pools() -> None:
    assert traces.parse_nodes(" 48 X 8 ") == (NodeType("node", 48, 8),)
    assert traces.flat_pool(100) == (NodeType("pool", 1, 100),)


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("48", ["nodes x accelerators per node is expected, such as 48x8"]),
        ("8x8x8", ["nodes x accelerators per node is expected, such as 48x8"]),
        ("4.5x8", ["nodes x accelerators per node is expected, such as 48x8"]),
        (
            "0x-8",
            [
                "nodes = 0: at least 1 is expected",
                "accelerators per node = -8: at least 1 is expected",
            ],
        ),
        ("9" * 5000 + "x8", ["nodes = 99999999999999999999: at most 1,000,000 is expected"]),
        ("1000000x11", ["accelerators in all = 11000000: at most 10,000,000 is expected"]),
    ],
)
def test_wrong_nodes(text: str, mistakes: list[str]) -> None:
    with pytest.raises(OnecenterError) as error:
        traces.parse_nodes(text)
    assert error.value.mistakes == mistakes


@pytest.mark.parametrize("processors", [0, -1, 2_147_484])
def test_wrong_processors(processors: int) -> None:
    with pytest.raises(OnecenterError, match=f"processors = {processors}: at (least 1|most 2,147,483) is expected"):
        traces.flat_pool(processors)


def test_pyss_trim_by_hand() -> None:
    # By end, rows 0 and 1 are tiny; floor(100 / 100) = 1 row is the start, but two are seen before row 2.
    # The jobs from row 98 on end behind the last submission, at 98 s.
    end = np.arange(1, 103) * 1000
    submit = np.minimum(end - 1000, 98_000)
    walltime = np.where(end <= 2000, 1000, 5000)
    processors = np.ones(102, dtype=np.int64)
    assert pyss_trim(submit, end, walltime, processors).tolist() == list(range(2, 98))
    wide = processors + 1
    assert pyss_trim(submit, end, walltime, wide).tolist() == list(range(1, 98))
    figures = pyss_figures(submit, end - 500, end, walltime, wide)
    assert figures.jobs == 97
    assert figures.wait_minutes == pytest.approx(500 / 60_000)
    assert figures.bounded_slowdown == 1.0


def test_real_kth(trace_file: Find) -> None:
    trace = traces.read(trace_file("KTH-SP2-1996-2.1-cln.swf.gz"))
    jobs = trace.jobs
    assert trace.quality.rows == 28_476
    assert trace.quality.left_out == {"run time <= 0": 8, "processors <= 0": 1}
    assert trace.quality.repaired == {"run time cut at the walltime": 475}
    assert trace.machine == ("MaxProcs", 100)
    assert trace.header["UnixStartTime"] == "843480031"
    assert trace.header["Acknowledge"] == "Lars Malinowsky"
    assert trace.partitions == ("all",)
    first = (jobs.submit[0], jobs.run[0], jobs.walltime[0], jobs.processors[0], jobs.outcome[0])
    assert first == (599_850_000, 3_477_000, 53_940_000, 4, COMPLETED)
    assert (jobs.submit[-1], jobs.run[-1], jobs.processors[-1]) == (29_363_618_000, 8_000, 1)
    workload, quality = traces.to_workload(trace, traces.flat_pool(100))
    assert len(workload) == quality.jobs == 28_467
    assert workload.names is not None
    assert (workload.names[0], workload.names[-1]) == ("15", "28490")
    # 15395 had 8 processors and had asked for 7.
    assert workload.accelerators[workload.names.index("15395")] == 8_000


@pytest.mark.parametrize(
    ("schedule", "minutes", "slowdown", "tolerance"),
    [
        ("fcfs", 5960.7599, 6894.6453, 0.001),
        ("easy", 115.55349, 93.189357, 0.002),
        ("easy-sjbf", 99.307080, 67.881755, 0.005),
    ],
)
def test_real_kth_schedules(
    trace_file: Find, schedule: str, minutes: float, slowdown: float, tolerance: float
) -> None:
    jobs = traces.read(trace_file("KTH-SP2-1996-2.1-cln.swf.gz")).jobs
    expected = pl.read_csv(trace_file(f"KTH-SP2_{schedule}.csv.gz"))
    start, end = (expected[name].to_numpy() * 1000 for name in ("start_s", "end_s"))
    assert expected["job_id"].cast(pl.String).to_list() == list(jobs.names or ())
    assert ((end - start) == jobs.run).all()
    figures = pyss_figures(jobs.submit, start, end, jobs.walltime, jobs.processors)
    assert figures.jobs == pytest.approx(28_188, abs=9)
    assert figures.wait_minutes == pytest.approx(minutes, rel=tolerance)
    assert figures.bounded_slowdown == pytest.approx(slowdown, rel=tolerance)


def test_real_nasa(trace_file: Find) -> None:
    trace = traces.read(trace_file("NASA-iPSC-1993-3.1-cln.swf.gz"))
    assert trace.quality.rows == 18_239
    assert trace.quality.left_out == {"run time <= 0": 173}
    assert trace.quality.repaired == {"walltime = run time (the log asks for none)": 18_066}
    assert trace.machine == ("MaxProcs", 128)
    workload, _ = traces.to_workload(trace, traces.flat_pool(128))
    assert len(workload) == 18_066
    assert workload.submit[0] == 0
    assert workload.accelerators.max() == 128_000


def test_real_itp(trace_file: Find) -> None:
    trace = traces.read(trace_file("cluster07.csv.gz"))
    workload, quality = traces.to_workload(trace, traces.parse_nodes("48x8"))
    assert trace.format == "itp"
    assert len(workload) == 12_699
    assert workload.names is not None
    assert workload.names[0] == "a11b4fc9-8f06-7093-2b93-bcb89acf0e7e"
    assert (workload.submit[0], workload.submit[-1]) == (1_999_000, 5_137_938_000)
    assert (workload.run[-1], workload.accelerators[-1]) == (19_586_000, 4_000)
    assert quality.left_out == {}
    assert quality.repaired["more processors than a node: taken anywhere on the nodes"] == 2


def test_real_philly(trace_file: Find) -> None:
    trace = traces.read(trace_file("philly.csv.gz"))
    workload, quality = traces.to_workload(trace, traces.parse_nodes("80x8"))
    assert trace.format == "philly"
    assert trace.header == {"StartTime": "2017-09-04 10:30:41"}
    assert len(workload) == 82_247
    assert quality.left_out == {}
    assert quality.repaired["more processors than a node: taken anywhere on the nodes"] == 289
    assert len(workload.platforms) == 15
    assert np.bincount(workload.platform)[workload.platforms.index("6214e9")] == 41_226
    assert workload.submit[0] == 0
    assert workload.submit[-1] == 9_408_690_000
    assert (np.diff(workload.submit) >= 0).all()


def test_real_files_survive_any_block_size(trace_file: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    path = trace_file("philly.csv.gz")
    whole = traces.read(path)
    monkeypatch.setattr(files, "BLOCK", 100_003)
    pieces = traces.read(path)
    assert pieces.quality == whole.quality
    assert (pieces.jobs.line == whole.jobs.line).all()
    assert (pieces.jobs.run == whole.jobs.run).all()


def test_a_cut_download_is_named(trace_file: Find, tmp_path: Path) -> None:
    path = trace_file("cluster07.csv.gz")
    data = path.read_bytes() if path.suffix == ".gz" else gzip.compress(path.read_bytes())
    cut = tmp_path / "cluster07.csv.gz"
    cut.write_bytes(io.BytesIO(data).read(200_000))
    with pytest.raises(TraceError, match="truncated behind byte"):
        traces.read(cut)
