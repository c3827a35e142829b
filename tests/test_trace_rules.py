"""What every format shares: which rows stay, what is repaired, where the figures of a replay begin and end; by hand."""

import re
from typing import Any

import numpy as np
import pytest
from onecenter_kernels.codes import COMPLETED, FAILED

from onecenter.errors import TraceError
from onecenter.traces.clean import trace
from onecenter.traces.columns import Mistakes
from onecenter.traces.log_window import LogWindow, duration
from onecenter.traces.trace import Finding, Quality, Trace, numbered

DAY = 86_400_000


def cleaned(left_out: dict[str, Any] | None = None, repaired: dict[str, Any] | None = None, **columns: Any) -> Trace:
    """Return the trace of five rows, submitted 0 to 4 s, of 10 s on one processor, walltime 20 s."""
    rows: dict[str, Any] = {
        "submit": [0, 1_000, 2_000, 3_000, 4_000], "run": [10_000] * 5, "asked": [20_000] * 5, "processors": [1] * 5,
        "user": [0] * 5, "line": [1, 2, 3, 4, 5], "outcome": [COMPLETED] * 5, "partition": [0] * 5,
    }  # fmt: skip
    given = {name: np.array(values) for name, values in (rows | columns).items()}
    masks = [{reason: np.array(mask) for reason, mask in (each or {}).items()} for each in (left_out, repaired)]
    return trace(Mistakes("log"), "swf", given, *masks, {"MaxProcs": "64"}, lambda found: [f"q{n}" for n in found])


def test_rows_without_fault_stay_as_they_are() -> None:
    found = cleaned()
    assert found.quality == Quality(5)
    assert found.quality.lines() == ["5 of 5 jobs are used"]
    assert found.jobs.submit.tolist() == [0, 1_000, 2_000, 3_000, 4_000]
    assert (found.jobs.names, found.partitions, found.format) == (None, ("q0",), "swf")


def test_a_row_is_left_out_for_its_first_reason_only() -> None:
    found = cleaned(
        left_out={Finding.PARTIAL: [True, False, False, False, False]},
        run=[0, 0, 10_000, 10_000, 10_000],
        processors=[1, 0, 0, 2**31, 1],
        submit=[-1, 1_000, 2_000, 3_000, 4_000],
    )
    # Row 0 is partial, though it has no run time and a submit below 0; row 1 has no run time, though no processors.
    assert found.quality.left_out == {
        Finding.PARTIAL: 1,
        Finding.NO_RUN: 1,
        Finding.NO_PROCESSORS: 1,
        Finding.TOO_MANY: 1,
    }
    assert found.quality.jobs == 1
    assert found.jobs.line.tolist() == [5]
    assert Finding.BEFORE not in found.quality.left_out


def test_what_asks_for_no_walltime_gets_its_run_time_and_what_is_longer_is_cut() -> None:
    found = cleaned(asked=[0, -1, 5_000, 10_000, 20_000])
    assert found.jobs.walltime.tolist() == [10_000, 10_000, 5_000, 10_000, 20_000]
    assert found.jobs.run.tolist() == [10_000, 10_000, 5_000, 10_000, 10_000]
    assert found.quality.repaired == {Finding.NO_WALLTIME: 2, Finding.CUT: 1}


def test_rows_are_sorted_by_submit_and_ties_keep_the_order_of_the_file() -> None:
    found = cleaned(submit=[4_000, 1_000, 4_000, 0, 1_000])
    assert found.jobs.line.tolist() == [4, 2, 5, 1, 3]
    # Submitted before one that comes earlier in the file: rows 2, 4 and 5.
    assert found.quality.repaired == {Finding.UNSORTED: 3}


def test_ids_that_come_again_are_told_apart() -> None:
    found = cleaned(names=np.array(["7", "7", "7#2", "7", "8"], object))
    assert found.jobs.names == ("7", "7#3", "7#2", "7#4", "8")
    assert found.quality.repaired == {Finding.AGAIN: 2}


def test_ids_go_with_their_rows() -> None:
    found = cleaned(names=np.array([5, 4, 3, 2, 1], object), submit=[4_000, 3_000, 2_000, 1_000, 0])
    assert found.jobs.names == ("1", "2", "3", "4", "5")


def test_partitions_are_numbered_by_the_used_rows_alone() -> None:
    found = cleaned(partition=[9, 4, 9, 7, 4], run=[10_000, 10_000, 10_000, 0, 10_000])
    assert found.partitions == ("q4", "q9")
    assert found.jobs.partition.tolist() == [1, 0, 1, 0]
    assert [each.tolist() for each in numbered(np.array([5, 1, 5]))] == [[1, 5], [1, 0, 1]]


def test_what_the_format_has_repaired_counts_where_the_row_is_used() -> None:
    found = cleaned(
        repaired={Finding.REQUESTED: [True, True, False, False, False]}, run=[0, 1, 1, 1, 1], outcome=[FAILED] * 5
    )
    assert found.quality.repaired == {Finding.REQUESTED: 1}
    assert set(found.jobs.outcome.tolist()) == {FAILED}


def test_without_rows_or_without_a_good_one_there_is_no_trace() -> None:
    nothing = {name: [] for name in ("submit", "run", "asked", "processors", "user", "line", "outcome", "partition")}
    with pytest.raises(TraceError, match="holds no job"):
        cleaned(**nothing)
    with pytest.raises(TraceError, match=r"none of its 5 jobs can be used: 3 with run time <= 0, 2 with processors"):
        cleaned(run=[0, 0, 0, 1, 1], processors=[0] * 5)


def test_times_that_no_clock_holds() -> None:
    with pytest.raises(TraceError, match="last submit and all walltimes together exceed 146,1"):
        cleaned(asked=[2**61, 2**61, 2**61, 1, 1])


def test_a_report_of_a_log_reads_back_and_says_each_finding() -> None:
    report = Quality(1_000, {Finding.PARTIAL: 30}, {Finding.CUT: 2}, ignored={Finding.LINKED: 7}).on_center(
        {"too large": 5, "none": 0}, {"spread": 4, "none": 0}
    )
    assert report.jobs == 970
    assert Quality.of(report.as_dict()) == report
    assert report.lines() == [
        "970 of 1,000 jobs are used",
        "5 of them refused: too large",
        f"30 left out: {Finding.PARTIAL}",
        f"2 adjusted: {Finding.CUT}",
        "4 adjusted: spread",
        f"7 with fields that are ignored: {Finding.LINKED}",
    ]


@pytest.mark.parametrize(
    ("header", "machine"),
    [
        ({"MaxProcs": "128"}, ("MaxProcs", 128)),
        ({"MaxProcs": "0", "MaxNodes": "32 (of 64)"}, ("MaxNodes", 32)),
        ({"MaxProcs": "many"}, None),
        ({"MaxProcs": "1" * 19}, None),
        ({}, None),
    ],
)
def test_the_machine_of_a_header(header: dict[str, str], machine: tuple[str, int] | None) -> None:
    plain = cleaned()
    found = Trace(plain.source, plain.format, plain.jobs, plain.quality, header, plain.partitions)
    assert found.machine == machine


SUBMIT = np.array([10, 11, 12, 15, 18, 20, 21, 25, 28, 29]) * DAY


@pytest.mark.parametrize(
    ("window", "begin", "end"),
    [
        ({}, 10, None),
        ({"warmup": "2 d"}, 12, None),
        ({"warmup": 2 * DAY, "horizon": "9 d"}, 12, 19),
        ({"skip_first": 0.3}, 15, None),
        ({"skip_first": 0.29}, 12, None),
        # The later of both.
        ({"skip_first": 0.3, "warmup": "6 d"}, 16, None),
        ({"skip_first": 0.5, "warmup": "6 d", "horizon": "19 d"}, 20, 29),
        ({"skip_first": 0.9}, 29, None),
    ],
)
def test_where_figures_begin_and_end(window: dict[str, Any], begin: int, end: int | None) -> None:
    found = LogWindow(**window).bounds("log", SUBMIT)
    assert found == (begin * DAY, None if end is None else end * DAY)


@pytest.mark.parametrize(
    ("window", "wrong"),
    [
        ({"warmup": "20 d"}, "warmup = 20 d: no job is submitted from there on; the log spans 19 d"),
        ({"horizon": 0}, "horizon = 0 s: must be longer than 0"),
        ({"warmup": "5 d", "horizon": "5 d"}, "warmup = 5 d: must end before the horizon of 5 d"),
        ({"warmup": "3 d", "horizon": "4 d"}, "warmup = 3 d, horizon = 4 d: no job is submitted between them"),
        ({"skip_first": 0.9, "horizon": "4 d"}, "skip_first = 90 %: must end before the horizon of 4 d"),
    ],
)
def test_where_no_job_is_left(window: dict[str, Any], wrong: str) -> None:
    with pytest.raises(TraceError, match=re.escape(wrong)):
        LogWindow(**window).bounds("log", SUBMIT)


def test_a_job_at_the_horizon_is_out_and_one_at_the_warm_up_is_in() -> None:
    assert LogWindow(warmup="1 d", horizon="2 d").bounds("log", SUBMIT) == (11 * DAY, 12 * DAY)


def test_a_window_is_written_in_the_words_that_it_is_read_from() -> None:
    found = LogWindow("36 h", "28 d", 0.01)  # type: ignore[arg-type]
    assert found.as_dict() == {"warmup": "36 h", "horizon": "28 d", "skip_first": 0.01}
    assert LogWindow(**found.as_dict()) == found
    assert LogWindow().as_dict()["horizon"] is None


@pytest.mark.parametrize(
    ("value", "wrong"),
    [(-1, "at least 0 is expected: text such as"), (1.5, "a whole number"), ("5", "unit is missing")],
)
def test_a_duration_that_is_none(value: Any, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        duration(value)


def test_all_mistakes_of_a_window_are_told() -> None:
    with pytest.raises(TraceError) as caught:
        LogWindow(warmup=-1, horizon="x", skip_first=1.0)  # type: ignore[arg-type]
    assert len(caught.value.mistakes) == 3
