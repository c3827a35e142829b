"""Run times estimated by a function of a user's own: the twin, the built-in estimates, figures, bad input."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import by_core, check_equal, crowd, on_both_strides
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, random_scenario

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PolicyError, ScenarioError
from onecenter.policies import Estimate, Policy, estimate_of, key_of, policy_of
from onecenter.scenario import from_dict, load
from onecenter.simulation.result import Result
from onecenter.workload.table import workload

FILE = """
def third(job):
    return job.walltime / 3

def nan(job):
    return float("nan")
"""


def third(job: Any) -> Any:
    return job.walltime / 3


def odd(job: Any) -> Any:
    return (job.accelerators + job.tasks) * 0.0007 + job.priority - 0.5


def odd_of_queue(queue: Any) -> Any:
    return (queue.accelerators + queue.tasks) * 0.0007 + queue.priority - 0.5


def endless(job: Any) -> Any:
    return float("inf")


def under(scenario: RandomScenario, estimate: Any) -> RandomScenario:
    parts = {"reservations": 1, "backfill_order": None, "estimate": estimate}
    return scenario._replace(policy=replace(scenario.policy, **parts))


@pytest.mark.equality
@pytest.mark.parametrize("estimate", [third, odd])
@pytest.mark.parametrize("backfill", ["none", "easy", "easy-sjbf"])
def test_core_and_twin_agree(backfill: str, estimate: Any) -> None:
    seeds = range(91, 106 if JIT else 94)
    many = [random_scenario(seed, ("fifo", "sjf", "wfp3")[seed % 3], backfill) for seed in seeds]
    for scenario in (*many, crowd(7, "sjf", backfill, "best-fit", 25 if JIT else 12)):
        found = under(scenario, estimate)
        check_equal(on_both_strides(found).log, simulate(*found))


@pytest.mark.equality
def test_the_walltime_and_more_is_the_walltime() -> None:
    for seed in range(110, 116):
        scenario = random_scenario(seed, "sjf", "easy")
        expected = by_core(under(scenario, "walltime")).tobytes()
        assert by_core(under(scenario, endless)).tobytes() == expected
        assert by_core(under(scenario, lambda job: job.walltime)).tobytes() == expected


def test_of_a_queue_and_of_each_job() -> None:
    for seed in range(120, 124):
        scenario = random_scenario(seed, "sjf", "easy")
        assert by_core(under(scenario, odd)).tobytes() == by_core(under(scenario, odd_of_queue)).tobytes()


# Job 0 holds half of the node for 10 of 40. By its walltime job 2, of 20, may overtake job 1, which waits for 40; if 0
# is estimated a third, 13.4, it would be in the way.
def test_by_hand() -> None:
    jobs = table([job(0, 10_000, 1, walltime=40_000), job(1, 5_000, 2), job(2, 20_000, 1)])
    starts = []
    for estimate in ("walltime", lambda job: 13.4 if job.submit == 0 else job.walltime):
        log = by_core(RandomScenario((nodes(1, 2),), Policy(estimate=estimate), jobs, None))
        starts.append(log["job"][log["kind"] == codes.E_START].tolist())
    assert starts == [[0, 2, 1], [0, 1, 2]]


def test_jobs_that_a_process_submits_are_estimated() -> None:
    rows = workload(submit=[0], run=[10], walltime=[60], accelerators=[1000])
    center = oc.Center((nodes(1, 1),), Policy(estimate=third), rows)

    def submits(center: oc.Center) -> Any:
        yield center.env.timeout(1)
        center.submit(run_time="5 ms", walltime="30 ms", accelerators=1)

    center.process(submits(center))
    center.run()
    assert center.estimates[:2].tolist() == [20, 10]


def test_the_figures_say_how_good_it_was(tmp_path: Path) -> None:
    found = oc.run("tiny", estimate=third)
    asked = found.workload.walltime
    run = np.minimum(found.workload.run, asked)
    taken = np.ceil(asked / 3)
    shares = np.minimum(run, taken) / np.maximum(run, taken)
    assert found.estimates["jobs"] == len(run)
    assert found.estimates["mean"] == pytest.approx(shares.mean())
    assert found.estimates["outlived"] == (run > taken).mean()
    assert found.summary()["estimates"] == found.estimates
    found.save(tmp_path / "run.parquet")
    saved = Result.load(tmp_path / "run.parquet")
    assert saved.estimates == found.estimates
    assert saved.policy.estimate == Estimate("third", estimate_of(third).sha256)


def test_in_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, out = tmp_path / "mine.py", tmp_path / "out"
    mine.write_text(FILE)
    assert main(["run", "tiny", "--estimate", f"{mine}:third", "--out", str(out)]) == 0
    assert "run times by mine.py:third (" in capsys.readouterr().out
    assert Result.load(out / "result.parquet").log_digest == oc.run("tiny", estimate=third).log_digest
    assert main(["report", str(out / "result.parquet"), "-o", str(tmp_path / "report.html")]) == 0
    assert "function of the user: mine.py:third" in (tmp_path / "report.html").read_text()
    assert main(["run", str(out / "result.parquet")]) == 2
    assert "with --estimate FILE:NAME" in capsys.readouterr().err
    asked = ["mm-c", "--replications", "2", "--set", "time.horizon=6 h", "--set", "time.warmup=1 ms", "--workers", "1"]
    assert main(["run", *asked, "--estimate", f"{mine}:third"]) == 0
    assert main(["run", "tiny", "--estimate", "run time"]) == 0
    capsys.readouterr()
    assert main(["run", "tiny", "--estimate", f"{mine}:nan"]) == 2
    assert "mine.py:nan, job 0: NaN is no estimate" in capsys.readouterr().err


WRONG = [
    ({"estimate": lambda job, now: 1.0}, "(job, now): def estimate(job) or estimate(queue) is expected"),
    ({"estimate": third, "backfill": "conservative"}, "other than walltime needs backfill none, easy or easy-sjbf"),
    ({"estimate": third, "order": key_of(third)}, "other than walltime needs backfill none, easy or easy-sjbf"),
    ({"estimate": "guess"}, "estimate = 'guess': one of"),
]


@pytest.mark.parametrize(("parts", "told"), WRONG)
def test_an_estimate_that_is_none(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(**parts)
    assert told in str(raised.value)


def test_no_scenario_holds_one() -> None:
    words = load("tiny").resolved()
    words["policy"]["estimate"] = "mine.py:third"
    with pytest.raises(ScenarioError, match="estimate"):
        from_dict(words, "tiny")
    assert policy_of("conservative", Policy(estimate=third)).estimate == "walltime"
