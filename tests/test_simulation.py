"""The Python calls: run, replay, compare, and results of real logs."""

from collections.abc import Callable
from pathlib import Path

import pytest

import onecenter as oc
from onecenter.errors import PolicyError, ScenarioError, SimulationError, TraceError


def test_calls_can_be_made_twice() -> None:
    assert oc.run("tiny").log_digest == oc.run("tiny").log_digest


def test_policy_by_name_and_by_value() -> None:
    named = oc.run("tiny", policy="conservative")
    given = oc.run("tiny", policy=oc.Policy(backfill="conservative", placement=oc.load("tiny").policy_.placement))
    assert named.log_digest == given.log_digest


def test_several_policies_run_the_same_jobs() -> None:
    fifo, easy = (oc.run("tiny", policy=policy) for policy in ("fifo", oc.Policy(backfill="easy")))
    assert fifo.log_digest != easy.log_digest
    assert fifo.jobs["submit_ms"].to_list() == easy.jobs["submit_ms"].to_list()


def test_progress_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert oc.run("tiny", show_progress=True).log_digest == oc.run("tiny").log_digest


def test_provenance_repeats_the_run() -> None:
    from onecenter.scenario import from_dict

    result = oc.run("changsha-eighth", set=('time.horizon="3 d"', 'time.warmup="0 d"'), seed=5)
    again = oc.run(from_dict(result.provenance["scenario"]))
    assert again.log_digest == result.log_digest


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: oc.run("tinny"), ScenarioError, "tiny"),
        (lambda: oc.run("tiny", policy="best"), PolicyError, "easy"),
        (lambda: oc.run("tiny", stride="daily"), SimulationError, "calendar"),
        (lambda: oc.replay("x.swf"), TraceError, "no such file"),
        (lambda: oc.replay("x.swf", processors=1, nodes="1x1"), TraceError, "processors"),
    ],
)
def test_mistakes(call: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize(
    ("name", "nodes", "jobs"), [("cluster07.csv.gz", "48x8", 12_699), ("philly.csv.gz", "80x8", 82_247)]
)
def test_real_gpu_logs(trace_file: Callable[[str], Path], name: str, nodes: str, jobs: int) -> None:
    result = oc.replay(trace_file(name), nodes=nodes, policy="easy")
    center = result.summary()["center"]
    assert center["submitted"] == center["ended"] == jobs
    assert 0.3 < center["utilisation"] < 1
    used = (result.jobs["accelerators"] * result.jobs["run_ms"]).sum() / 3_600_000
    assert center["accelerator_hours"] == pytest.approx(used)


def test_progress_begins_with_the_first_submit() -> None:
    from onecenter.engine import progress

    class Fake:
        """A bar, and a center that remembers how long it was asked to wait."""

        def __init__(self) -> None:
            self.delays: list[int] = []

        def update(self, **what: object) -> None:
            """Forget it."""

        def after(self, delay: int) -> None:
            """Remember the delay."""
            self.delays.append(delay)

    fake = Fake()
    list(progress._ticks(fake, fake.update, 1_500_000_000_000, 1_500_000_000_700))  # type: ignore[arg-type]
    assert fake.delays == [1_500_000_000_000, *[7] * 100]
