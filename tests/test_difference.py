"""The first decision in which two results differ: by hand, and in random scenarios the first row that does."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from explained import MINUTE, of_minutes, reserved, result_of
from onecenter_kernels.codes import E_CANCEL, E_END, E_KILL, E_RELEASE, E_START, E_SUBMIT, EVENTS
from random_scenarios import random_scenario

import onecenter as oc
from onecenter.errors import ResultError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.simulation.difference import Difference, Start
from onecenter.simulation.result import Result


def found_in(a: Result, b: Result) -> Difference:
    """Return the first difference, which there is."""
    found = oc.diff(a, b)
    assert found is not None
    return found


# Jobs A to F are 0 to 5; minutes; with two reservations, and with one.
#
#        0    5    10   15         0    5    10
#     0  AAAABBBBCCDD           0  AAAABBBB.CCDD
#     1  AAAABBBBCCDD           1  AAAABBBB.CCDD
#     2  AAAA....CCEEEEEE       2  AAAAFFFF.CC
#     3  ...FFFF.CC             3  ...EEEEEECC
def test_two_reservations_against_one() -> None:
    found = found_in(reserved(2), reserved(1))
    assert (found.t_ms, found.free, found.waiting, found.running) == (3 * MINUTE, {"gpu": 1.0}, (1, 2, 3, 4, 5), (0,))
    a, b = found.a, found.b
    assert (a.kind, a.starts, a.kept) == ("start", (Start(5, ((0, None, 1),)),), 4)
    assert (b.kind, b.starts, b.kept) == ("start", (Start(4, ((0, None, 1),)),), 5)
    assert [(part.begin_ms // MINUTE, part.end_ms // MINUTE, part.reason, part.ahead) for part in a.intervals] == [
        (3, 4, "no free accelerator", None),
        (4, 8, "reservation ahead", (2, 3)),
        (8, 10, "no free accelerator", None),
    ]
    assert [(part.begin_ms // MINUTE, part.end_ms // MINUTE, part.reason) for part in b.intervals] == [
        (3, 4, "no free accelerator")
    ]
    assert "2 reservations" in a.policy
    assert "reservations" not in b.policy


# A takes two, B (four) waits for it; C (one) fits: without backfill it waits behind B from 2 on, until B has ended.
#
#        0    5    10                0    5
#     0  AAAAABBBC      none      0  AAAAABBB      easy
#     1  AAAAABBB                 1  AAAAABBB
#     2  .....BBB                 2  ..C..BBB
#     3  .....BBB                 3  .....BBB
def test_one_side_does_nothing() -> None:
    jobs = [(0, 2, 5), (1, 4, 3), (2, 1, 1)]
    policies = (Policy("fifo", backfill, "first-fit") for backfill in ("none", "easy"))
    found = found_in(*(of_minutes(jobs, policy=policy) for policy in policies))
    assert (found.t_ms, found.waiting, found.running, found.free) == (2 * MINUTE, (1, 2), (0,), {"gpu": 2.0})
    assert (found.a.kind, found.a.starts, found.a.kept) == (None, (), 2)
    assert (found.b.kind, found.b.starts, found.b.kept) == ("start", (Start(2, ((0, None, 1),)),), None)
    assert [(part.wait_ms // MINUTE, part.reason, part.ahead) for part in found.a.intervals] == [
        (3, "queue ahead", (1,)), (3, "no free accelerator", None),
    ]  # fmt: skip


# Three nodes of four. Job 0 has left the first, job 1 holds one accelerator of the second. Job 2 is two tasks of three:
# one goes to the first node, the other to the second under first-fit, to the third under worst-fit.
def test_the_rows_of_a_start_go_together() -> None:
    fleet, jobs = (NodeType("gpu", 3, 4),), [(0, 4, 3), (0, 1, 9), (5, 3, 2)]
    policies = [Policy(placement=rule) for rule in ("first-fit", "worst-fit")]
    first, worst = (of_minutes(jobs, fleet, policy, tasks=[1, 1, 2]) for policy in policies)
    found = found_in(first, worst)
    assert (found.t_ms, found.running, found.waiting, found.free) == (5 * MINUTE, (1,), (2,), {"gpu": 11.0})
    assert found.a.starts == (Start(2, ((0, None, 1), (1, None, 1))),)
    assert found.b.starts == (Start(2, ((0, None, 1), (2, None, 1))),)
    assert (found.a.kept, found.b.kept) == (None, None)


def test_equal_results_do_not_differ() -> None:
    assert oc.diff(reserved(1), reserved(1)) is None
    # The shorter run has seen less, and all that it has seen is the same.
    assert oc.diff(oc.run("tiny"), oc.run("tiny", set="time.horizon='70 min'")) is None


def test_a_longer_run_has_drawn_more_jobs() -> None:
    longer, shorter = (oc.run("mm-c", set=["time.warmup='0 s'", f"time.horizon='{h} h'"]) for h in (4, 2))
    assert len(longer.workload) > len(shorter.workload)
    assert oc.diff(shorter, longer) is None
    assert oc.diff(longer, shorter) is None


def test_results_that_cannot_be_compared() -> None:
    result = reserved(1)
    other_run = replace(result, workload=replace(result.workload, run=result.workload.run + 1))
    fewer = replace(result, workload=result.workload.take(np.arange(5)), decisions=result.decisions[:0])
    for other in (other_run, fewer):
        with pytest.raises(ResultError, match="different jobs: the same workload is expected"):
            oc.diff(result, other)
    with pytest.raises(ResultError, match="different centers: the same nodes are expected"):
        oc.diff(result, replace(result, fleet=(NodeType("gpu", 2, 4),)))
    with pytest.raises(ResultError, match="a result, a file, or a folder"):
        oc.diff(result, 3)  # type: ignore[arg-type]


def state_before(rows: list[tuple[Any, ...]]) -> tuple[set[int], set[int]]:
    """Return who waits and who runs after some rows of a log."""
    waiting: set[int] = set()
    running: set[int] = set()
    for row in rows:
        kind, job = row[2], row[3]
        if (kind == E_SUBMIT and not row[6]) or kind == E_RELEASE:
            waiting.add(job)
        elif kind == E_START:
            waiting.discard(job)
            running.add(job)
        elif kind == E_CANCEL:
            waiting.discard(job)
        elif kind in (E_END, E_KILL):
            running.discard(job)
    return waiting, running


@pytest.mark.parametrize("seed", range(60))
def test_the_first_row_that_differs(seed: int) -> None:
    one, policy = random_scenario(seed), random_scenario(seed + 1_000).policy
    columns = {name: one.workload.submit % 7 for name in policy.columns} | dict(one.workload.more)
    one = one._replace(workload=replace(one.workload, more=columns))
    other = one._replace(policy=policy)
    a, b = result_of(one), result_of(other)
    rows = a.decisions.tolist(), b.decisions.tolist()
    first = next((i for i, pair in enumerate(zip(*rows, strict=False)) if pair[0] != pair[1]), min(map(len, rows)))
    left = [part[first] for part in rows if first < len(part)]
    found = oc.diff(a, b)
    if not left or min(row[0] for row in left) >= min(a.until, b.until):
        assert found is None
        return
    assert found is not None
    # Rows of one start go together.
    starting = {row[3] for row in left if row[2] == E_START}
    while first and rows[0][first - 1][2] == E_START and rows[0][first - 1][3] in starting:
        first -= 1
    t = min(row[0] for row in left)
    assert (found.row, found.t_ms) == (first, t)
    waiting, running = state_before(rows[0][:first])
    assert (set(found.waiting), set(found.running)) == (waiting, running)
    check_sides(found, (a, b))


def check_sides(found: Difference, results: tuple[Result, Result]) -> None:
    """What each side did is in its log, and the job that it kept waits as that side's jobs table says."""
    for side, other, result in zip((found.a, found.b), (found.b, found.a), results, strict=True):
        rows = [row for row in result.decisions.tolist()[found.row :] if row[0] == found.t_ms]
        assert side.kind == (EVENTS[rows[0][2]] if rows else None)
        starts = {row[3] for row in rows if row[2] == E_START}
        assert {start.job for start in side.starts} == starts
        only = [start.job for start in other.starts if start.job not in starts]
        assert side.kept == (only[0] if only else None)
        if side.kept is None:
            assert side.intervals == ()
            continue
        job = result.jobs.row(side.kept, named=True)
        left = job["start_ms"] if job["start_ms"] is not None else job["end_ms"]
        assert side.intervals[0].begin_ms == found.t_ms
        assert side.intervals[-1].end_ms == (result.until if left is None else left)
