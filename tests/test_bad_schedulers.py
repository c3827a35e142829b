"""A scheduler or key of the user's own that goes wrong ends the run with one sentence and the log so far."""

import signal
import threading
from pathlib import Path
from typing import Any

import bad_schedulers as bad
import polars as pl
import pytest
from by_hand import job, nodes, table

import onecenter as oc
from onecenter.cli.main import main
from onecenter.engine import center, core
from onecenter.errors import PolicyError
from onecenter.policies import Policy, policy_of
from onecenter.system import time_limit

FILE = Path(bad.__file__)

#: Two nodes of two accelerators; what each scheduler is told.
WRONG = [
    ("Raises", " at 0 s: ZeroDivisionError: "),
    ("Exits", " at 0 s: SystemExit: 3"),
    ("Twice", ", job 0 at 0 s: it does not wait, it is running; 3 of 4 accelerators were free, at most 2 on a node"),
    ("TwiceAtOnce", ", job 0 at 0 s: it does not wait, it is running; 1 of 4 accelerators were free"),
    ("AbsentAmongOthers", ", job 99 at 0 s: there is no such job; 3 of 4 accelerators were free"),
    ("NegativeAmongOthers", ", job -1 at 0 s: there is no such job; 3 of 4 accelerators were free"),
    ("HeldAmongOthers", ", job 1 at 0 s: it is on hold; 3 of 4 accelerators were free"),
    ("Mask", " at 0 s: start: numbers of jobs are expected, not 1 dimension of bool; 4 of 4"),
    ("Grid", " at 0 s: start: numbers of jobs are expected, not 2 dimensions of int64; 4 of 4"),
    ("NodesOfSeveral", " at 0 s: start: nodes are given for one job, not for several; 4 of 4"),
    ("Busy", ", job 1, node 1 at 0 s: 1 of its tasks are to start, and there is room for 0; 3 of 4 accelerators"),
    ("Absent", ", job 0, node 7 at 0 s: there is no such node; there are 0 to 1"),
    ("TooFew", ", job 0 at 0 s: 0 nodes are given for 1 tasks"),
    ("NoNumber", " at 0 s: ValueError: cannot convert float NaN to integer"),
    ("NoJob", ", job 99 at 0 s: there is no such job"),
    ("Early", ", job 2 at 0 s: it does not wait, it is future"),
    ("Held", ", job 0 at 0 s: it is on hold"),
    ("Released", ", job 0 at 0 s: it is not on hold"),
    ("Past", " at 0 s: wake(0): a later instant, in whole ms, is expected"),
    ("Beyond", " at 0 s: wake(1180591620717411303424): a later instant, in whole ms, is expected"),
    ("Writes", " at 0 s: ValueError: assignment destination is read-only"),
    ("WritesTheQueue", " at 0 s: ValueError: assignment destination is read-only"),
    ("Returns", " at 0 s: schedule returned ndarray: None is expected"),
    ("Catches", ", job 99 at 0 s: there is no such job"),
    ("EvictsNobody", ", job 0 at 1 s: a scheduler that evicts, or looks at work, says evicts = True in its class; 0"),
    ("LooksAtWork", " at 0 s: a scheduler that evicts, or looks at work, says evicts = True in its class; 4 of 4"),
    ("EvictsTheAbsent", ", job 99 at 1 s: there is no such job; 0 of 4"),
    ("EvictsNoNumber", ", job 0 at 1 s: there is no such job; 0 of 4"),
    ("EvictsAtItsStart", ", job 2 at 1 s: it has started at this very instant; evict those that view.running has"),
    ("EvictsTwice", ", job 0 at 1 s: it does not run, it is waiting; 1 of 4"),
    ("EvictsAndStartsTwice", ", job 0 at 1 s: it has started at this very instant; evict those that view.running has"),
    ("Churns", "no progress: in 1,000 passes it has evicted jobs that keep nothing, and nothing has ended"),
    ("Wakes", "no progress: in 1,000 passes it has started nobody, though jobs wait and nothing runs"),
]


def center_under(policy: Any) -> oc.Center:
    """Return two nodes of two accelerators, and three jobs, of which the second asks a whole node."""
    jobs = table([job(0, 5000, 1), job(0, 5000, 2), job(1000, 5000, 1)])
    return oc.Center([nodes(2, 2)], policy_of(policy, Policy()), jobs)


@pytest.mark.parametrize(("name", "told"), WRONG)
def test_what_a_scheduler_does_wrong_is_told(name: str, told: str) -> None:
    with pytest.raises(PolicyError, match=r"policy: .*") as raised:
        center_under(getattr(bad, name)).run()
    assert told in str(raised.value)
    assert f"{name}" in str(raised.value)


def test_a_view_is_of_use_in_a_pass_only() -> None:
    of = center_under(bad.Keeps)
    of.run(until=1)
    with pytest.raises(PolicyError, match="Keeps, job 0 at 0 s: nobody acts outside of a pass"):
        bad.kept[-1].view.start(0)
    assert of.state(0) == "waiting"


def test_a_scheduler_that_starts_nobody_is_told_at_the_end() -> None:
    told = r"Never at .*: no progress: jobs wait, nothing runs, and nothing will happen any more; 8 of 8"
    with pytest.raises(PolicyError, match=told) as raised:
        oc.run("tiny", policy=bad.Never)
    assert raised.value.log["kind"].unique().to_list() == ["submit"]
    assert raised.value.log["job"].to_list() == [0, 1, 2, 3, 4, 5]


MISTAKES = [
    (bad.WrongArguments, r"schedule\(self\) -> None: class WrongArguments\(oc.Scheduler\) with def"),
    (bad.Nothing, r"Nothing: it has no schedule; class Nothing\(oc.Scheduler\)"),
    (bad.NoScheduler, r"NoScheduler: class NoScheduler\(oc.Scheduler\) with def schedule"),
    (bad.Never(), r"Never: class Never\(oc.Scheduler\) with def schedule"),
    (bad.SaysNoBool, "SaysNoBool: evicts = 1: True or False is expected"),
    (bad.CannotBeMade, r"CannotBeMade\(\): TypeError: .*'depth'"),
]


@pytest.mark.parametrize(("given", "told"), MISTAKES)
def test_what_is_no_scheduler_is_told(given: Any, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        oc.run("tiny", policy=given)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "TIMEOUT", 0.1)
    monkeypatch.setattr(time_limit, "TICK", 0.02)


def endless(job: Any) -> float:
    """Never return."""
    while True:
        pass


def endless_in_passes(job: Any, now: float) -> float:
    """Never return."""
    while job.submit > -1:
        now += 1
    return now


def endless_of_queue(queue: Any, now: float) -> float:
    """Never return."""
    while True:
        pass


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("policy", [bad.Endless, endless, endless_in_passes, endless_of_queue])
def test_what_never_returns_is_stopped(policy: Any) -> None:
    with pytest.raises(PolicyError, match=r"it took more than 0\.1 s"):
        center_under(policy).run()


def test_a_short_pass_after_a_long_time_is_not_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "TIMEOUT", 0.2)
    monkeypatch.setattr(time_limit, "TICK", 0.02)

    class Counts(oc.Scheduler):
        def schedule(self, view: oc.View) -> None:
            for each in view.queue.job:
                view.start(each)

    of = center_under(Counts)

    def waits(of: center.Center) -> Any:
        yield of.after(500)
        bad.time.sleep(0.3)  # a process may take its time

    of.process(waits(of))
    of.run()
    assert of.state(2) == "ended"


@pytest.mark.parametrize(("name", "rows"), [("Twice", 2), ("Busy", None)])
def test_the_log_so_far_is_written(
    name: str, rows: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["run", "tiny", "--policy", f"{FILE}:{name}", "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith(f"onecenter: policy: bad_schedulers.py:{name}, job ")
    assert told.endswith(f"; the log so far is in {out / 'log.parquet'}\n")
    assert [path.name for path in out.iterdir()] == ["log.parquet"]
    assert rows is None or pl.read_parquet(out / "log.parquet").height == rows


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_mistake_in_a_replication_is_told(workers: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--replications", "2", "--workers", workers, "--set", "time.horizon=3 d"]
    assert main(["run", "mm-c", "--policy", f"{FILE}:Raises", *options]) == 2
    assert "bad_schedulers.py:Raises at " in capsys.readouterr().err


def exits(queue: Any, now: float) -> Any:
    """End the program."""
    raise SystemExit(3)


def test_a_key_that_ends_the_program_is_told() -> None:
    with pytest.raises(PolicyError, match="exits at 0 s: SystemExit: 3; 4 of 4 accelerators were free"):
        center_under(exits).run()


def test_in_another_thread_it_is_told_when_it_is_done() -> None:
    limit, told = time_limit.TimeLimit(0.01), []

    def call() -> None:
        try:
            with limit.watching(), limit:
                bad.time.sleep(0.05)
        except time_limit.TimeUpError as error:
            told.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert len(told) == 1


def test_alarms_of_others_are_theirs_again() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        with time_limit.TimeLimit(10.0).watching():
            assert signal.getitimer(signal.ITIMER_REAL)[1] == time_limit.TICK
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert rung == [signal.SIGALRM]


def test_an_order_beside_code_is_refused() -> None:
    with pytest.raises(PolicyError, match="order = 'sjf': not beside Never, which is one"):
        policy_of(bad.Never, Policy(), order="sjf")
    with pytest.raises(PolicyError, match="backfill = 'easy': not beside a scheduler, which makes the whole pass"):
        policy_of(bad.Never, Policy(), backfill="easy")
