"""Held jobs as others see them: keys, schedulers of users, processes, figures and the report."""

from html import unescape
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from reports import page_of
from test_held import SWEEP, flow

import onecenter as oc
from onecenter.engine.center import Center
from onecenter.errors import PolicyError, SimulationError
from onecenter.policies import Policy
from onecenter.scenario import from_dict
from onecenter.simulation.result import Result
from onecenter.simulation.running import run

Raw = dict[str, Any]

#: Four jobs on four accelerators: `b` waits for the end of `a` at minute 10, the others for the room that `a` has.
FOUR: list[Raw] = [
    {"name": "a", "accelerators": 4},
    {"name": "b", "submit": "1 min", "after": ["a"], "accelerators": 3},
    {"submit": "2 min", "accelerators": 3, "run_time": "20 min"},
    {"submit": "3 min", "accelerators": 1},
]


def minutes(result: Result, column: str) -> list[float]:
    """Return a column of the jobs table in minutes."""
    return (result.jobs[f"{column}_ms"] / 60_000).to_list()


@pytest.mark.parametrize(
    ("policy", "starts"),
    [
        ({"order": "fifo"}, [0, 10, 20, 10]),
        ({"order": "sjf"}, [0, 10, 20, 10]),
        ({"order": "fifo", "backfill": "none"}, [0, 10, 20, 20]),
        ({"order": "fifo", "backfill": "conservative"}, [0, 30, 10, 10]),
        ({"order": "ljf"}, [0, 30, 10, 10]),
    ],
)
def test_a_released_job_goes_where_its_submit_puts_it(policy: Raw, starts: list[int]) -> None:
    """It passes those that came while it was held, but for one that has a reservation by then or is longer."""
    assert minutes(run(from_dict(flow(*FOUR, **policy))), "start") == starts


@pytest.mark.parametrize("ending", [{"outcome": "failed"}, {"run_time": "20 min", "walltime": "10 min"}])
@pytest.mark.parametrize(("way", "start"), [("after", 10), ("after_ok", None)])
def test_how_the_one_before_must_end(way: str, start: int | None, ending: Raw) -> None:
    result = run(from_dict(flow({"name": "a"} | ending, {way: ["a"]})))
    assert minutes(result, "start") == [0, start]
    assert minutes(result, "end")[1] == (20 if start else 10)


def test_a_refused_job_is_an_end_for_after_and_none_for_after_ok() -> None:
    large = {"name": "large", "accelerators": 40, "tasks": 1}
    result = run(from_dict(flow(large, {"after": ["large"]}, {"after_ok": ["large"]}, {"submit": "5 min"})))
    assert result.jobs["outcome"].to_list() == ["refused", "completed", "cancelled_waiting", "completed"]
    assert minutes(result, "start") == [None, 0, None, 5]


@pytest.mark.parametrize(("size", "at_most", "last"), [(6, 1, 50), (6, 2, 20), (6, 3, 10), (6, 4, 10), (6, 6, 10)])
def test_an_array_runs_so_many_at_a_time_as_there_are_places_and_room(size: int, at_most: int, last: int) -> None:
    result = run(from_dict(flow({"array": {"size": size, "at_most": at_most}})))
    starts, running = minutes(result, "start"), min(at_most, 4)
    assert starts == [10 * (number // running) for number in range(size)]
    assert starts[-1] == last
    held = minutes(result, "eligible")
    assert held == [10 * max(0, -(-(number - at_most + 1) // running)) for number in range(size)]


def test_two_arrays_share_the_center_and_have_places_of_their_own() -> None:
    one = {"array": {"size": 4, "at_most": 1}}
    result = run(from_dict(flow(one | {"name": "one"}, {"array": {"size": 4, "at_most": 2}, "run_time": "5 min"})))
    assert minutes(result, "start") == [0, 10, 20, 30, 0, 0, 5, 5]


def test_figures_tell_the_wait_from_that_in_the_queue() -> None:
    """Waits of 0, 9, 18 and 7 minutes; of those 9 of `b` held."""
    center = run(from_dict(flow(*FOUR))).summary()["center"]
    assert center["wait_s"]["mean"] == 60 * (0 + 9 + 18 + 7) / 4
    assert center["eligible_wait_s"]["mean"] == 60 * (0 + 0 + 18 + 7) / 4
    assert (center["wait_s"]["p50"], center["eligible_wait_s"]["p50"]) == (7 * 60, 0)
    assert center["wait_s"]["p99"] == center["eligible_wait_s"]["p99"] == 18 * 60


def test_without_ties_both_waits_are_one() -> None:
    center = run(from_dict(flow({"accelerators": 4}, {}))).summary()["center"]
    assert center["eligible_wait_s"] == center["wait_s"]
    assert center["wait_s"]["mean"] == 300


def test_who_loses_patience_while_held_has_waited_in_no_queue() -> None:
    raw = flow({"name": "a", "run_time": "2 h"}, {"after": ["a"]})
    raw["platforms"]["lab"]["demand"]["flow"]["patience"] = "30 min"
    result = run(from_dict(raw))
    assert result.jobs["outcome"].to_list() == ["completed", "cancelled_waiting"]
    assert minutes(result, "end") == [120, 30]
    assert minutes(result, "eligible") == [0, None]
    assert result.reasons.select("reason", "share").rows() == [("held", 1.0)]
    assert [(part.reason, part.wait_ms) for part in result.explain(1).intervals] == [("held", 30 * 60_000)]


# ---- code of users


def test_a_key_is_asked_of_a_held_job_by_its_submit() -> None:
    """The latest submit goes first: `b`, the earliest that waits, comes last however late it was released."""

    def latest(job: Any) -> float:
        return float(-job.submit)

    result = run(from_dict(flow(*FOUR)), policy=latest)
    assert minutes(result, "start") == [0, 30, 10, 10]


def test_a_key_of_the_queue_never_sees_a_held_job() -> None:
    seen: list[tuple[float, ...]] = []

    def watching(queue: Any, now: Any) -> Any:
        seen.append((float(now), *np.asarray(queue.submit).tolist()))
        return queue.submit

    run(from_dict(flow(*FOUR)), policy=watching)
    assert [row for row in seen if row[0] < 600 and 60.0 in row[1:]] == []
    assert any(row[0] == 600 and 60.0 in row[1:] for row in seen)


class Watching(oc.Scheduler):
    """First come, first served, noting what it sees."""

    seen: "list[tuple[int, list[int], list[int], list[int]]]"

    def schedule(self, view: Any) -> None:
        """Make a pass."""
        self.seen.append(
            (view.now // 60_000, view.queue.job.tolist(), view.held.job.tolist(), view.running.job.tolist())
        )
        for number in view.queue.job[np.argsort(view.queue.submit, kind="stable")].tolist():
            if not view.start(number):
                return


def test_a_scheduler_sees_a_held_job_once_it_is_released() -> None:
    """What a scheduler puts on hold itself is something else: `view.held` is empty."""
    Watching.seen = []
    result = run(from_dict(flow(*FOUR)), policy=Watching)
    assert minutes(result, "start") == [0, 10, 20, 20]
    assert [(now, sorted(queue), held, running) for now, queue, held, running in Watching.seen[:6]] == [
        (0, [0], [], []), (1, [], [], [0]), (2, [2], [], [0]), (3, [2, 3], [], [0]), (10, [1, 2, 3], [], []),
        (20, [2, 3], [], []),
    ]  # fmt: skip


class Hasty(oc.Scheduler):
    """Starts job 1 whatever its state."""

    def schedule(self, view: Any) -> None:
        """Make a pass."""
        view.start(0)
        view.start(1)


def test_a_scheduler_cannot_start_a_held_job() -> None:
    with pytest.raises(PolicyError, match="it does not wait, it is held"):
        run(from_dict(flow({"name": "a"}, {"after": ["a"]})), policy=Hasty)


# ---- processes


ASKED: Raw = {"accelerators": 1, "run_time": 4}


def center_of_one() -> Center:
    """Return a center of one accelerator, on which job 0 runs until 5."""
    return Center([nodes(1, 1)], Policy(backfill="none"), table([job(0, 5, 1)]))


def test_a_process_submits_a_chain_and_waits_for_its_last_job() -> None:
    center, found = center_of_one(), list[Any]()

    def user(center: Center) -> Any:
        yield center.after(1)
        first = center.submit(**ASKED, after=[0])
        second = center.submit(**ASKED, after_ok=[first, 0])
        center.submit(**ASKED)
        found.append((yield center.started(second)))
        found.append(center.env.now)
        found.append((yield center.ended(second)))
        found.append(center.env.now)

    center.process(user(center))
    center.run()
    # Job 3 was submitted last, so the first of the chain goes before it, and the second, held until 9, too.
    assert found == ["running", 9, "ended", 13]


def test_whoever_needs_a_job_that_is_cancelled_goes_with_it() -> None:
    center = center_of_one()
    center.run(1)
    needs = center.submit(**ASKED, after_ok=[0])
    chain = center.submit(**ASKED, after_ok=[needs])
    anyway = center.submit(**ASKED, after=[chain])
    center.run(2)
    assert [center.state(each) for each in (needs, chain, anyway)] == ["held"] * 3
    center.cancel(needs)
    center.run(3)
    assert [center.state(each) for each in (needs, chain, anyway)] == ["cancelled", "cancelled", "waiting"]
    center.run()
    assert [center.state(each) for each in (0, anyway)] == ["ended", "ended"]


@pytest.mark.parametrize("other", [-1, 1, 1.5, "0", None])
def test_a_job_that_there_is_not_cannot_be_waited_for(other: Any) -> None:
    center = center_of_one()
    for way in ("after", "after_ok"):
        with pytest.raises(SimulationError, match="there is no such job, the ids so far are 0 to 0"):
            center.submit(**ASKED, **{way: [other]})
    center.run()
    assert len(center.workload) == 1


# ---- the report


@pytest.mark.parametrize(("language", "words"), [("en", "held for other jobs"), ("zh", "等待其他作业")])
def test_the_report_says_who_was_held(language: str, words: str) -> None:
    """All waiting of the sweep is for other jobs, and without ties the words are not there."""
    tied, plain = (page_of(language, run(from_dict(flow(*jobs)))) for jobs in (SWEEP, [{"accelerators": 4}, {}]))
    assert words in unescape(tied)
    assert words not in unescape(plain)
