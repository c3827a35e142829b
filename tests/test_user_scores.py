"""A score of the user's own gives the log of the same rule by its name, compiled or not, and that of the twin."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scores_of_users as users
from by_hand import job, nodes, table
from engines import by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from oracle import simulate
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

import onecenter as oc
from onecenter.cli.main import main
from onecenter.engine.core import FOREVER, Core
from onecenter.errors import PolicyError
from onecenter.policies import Node, Policy, Score, policy_of, read_score, score_of
from onecenter.simulation.result import Result

FILE = Path(users.__file__)

SAME = [
    ("best-fit", "best_fit"), ("best-fit", "best_fit_not_compiled"), ("worst-fit", "worst_fit"),
    ("first-fit", "first_fit"),
]  # fmt: skip


def scored(scenario: RandomScenario, function: Callable[..., Any]) -> RandomScenario:
    """Return a scenario under a score of a user."""
    return scenario._replace(policy=replace(scenario.policy, placement=function))


@pytest.mark.equality
@pytest.mark.parametrize("backfill", codes.BACKFILLS)
@pytest.mark.parametrize(("placement", "name"), SAME)
def test_a_score_is_the_placement_of_that_name(placement: str, name: str, backfill: str) -> None:
    for seed in range(6):
        scenario = random_scenario(seed, None, backfill, placement)
        expected = by_core(scenario).tobytes()
        assert by_core(scored(scenario, getattr(users, name))).tobytes() == expected
    assert on_both_strides(scored(scenario, getattr(users, name))).log.tobytes() == expected


@pytest.mark.equality
@pytest.mark.parametrize("backfill", codes.BACKFILLS)
def test_core_and_twin_agree_on_a_score_of_everything(backfill: str) -> None:
    for seed in range(8):
        for scenario in (random_scenario(72_000 + seed, None, backfill), mixed_scenario(72_000 + seed, backfill)):
            of_all = scored(scenario, users.of_everything)
            check_equal(by_core(of_all), simulate(*of_all))


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(6))
def test_all_features_are_the_same_compiled_and_not(seed: int) -> None:
    scenario = random_scenario(seed, "edf", "easy")
    work, number = scenario.workload, np.arange(len(scenario.workload))
    owners = {"platform": number % 2, "tenant": number * 7 % 5, "stream": number * 5 % 3}
    scenario = scenario._replace(workload=replace(work, **owners))
    asked = []

    def noted(node: Node, job: Any) -> Any:
        asked.append((node, job))
        return users.of_everything(node, job)

    check_equal(by_core(scored(scenario, users.of_everything)), by_core(scored(scenario, noted)))
    assert any(job.deadline > 0 for _, job in asked)


#: Jobs of a log: number, submit, -, run time, processors and so on.
LOG = "".join(f"{n} {600 * n} -1 1800 1 -1 -1 1 3600 -1 1 1 1 -1 1 -1 -1 -1\n" for n in range(1, 21))

FREE = "; 2 accelerators, 64 cpus and 0.0625 GiB were free on it"

BAD = [
    ("nan", "job 0, node 1 at 0 s: NaN is no number"),
    ("divides", "job 0, node 0 at 0 s: ZeroDivisionError: "),
    ("text", "job 0, node 0 at 0 s: a number is expected, not str"),
    ("raises", "job 0, node 0 at 0 s: KeyError: 'no'"),
]


@pytest.mark.parametrize("backfill", codes.BACKFILLS)
@pytest.mark.parametrize(("name", "told"), BAD)
def test_a_score_that_is_no_number_is_told(name: str, told: str, backfill: str) -> None:
    jobs = table([job(0, 5, 1), job(0, 5, 2, tasks=2), job(1, 9, 1)])
    policy = Policy(backfill=backfill, placement=score_of(getattr(users, name)))
    with pytest.raises(PolicyError) as raised:
        by_core(RandomScenario((nodes(2, 2),), policy, jobs, None))
    assert str(raised.value).startswith(f"policy: {name}, {told}")
    assert str(raised.value).endswith(FREE)


def test_a_score_that_never_ends_is_stopped() -> None:
    """It has a loop, so it is asked in Python, where it can be interrupted."""
    core = Core([nodes(1, 1)], Policy(placement=score_of(users.never_ends)), table([job(0, 5, 1)]))
    core.limit.seconds = 0.2
    with pytest.raises(PolicyError, match=r"never_ends, job 0 at 0 s: it took more than 0\.2 s"), core.limit.watching():
        core.advance(FOREVER)


def test_an_interrupted_score_interrupts_the_run() -> None:
    policy = Policy(placement=score_of(users.interrupts))
    with pytest.raises(KeyboardInterrupt):
        by_core(RandomScenario((nodes(1, 1),), policy, table([job(0, 5, 1)]), None))


MISTAKES = [
    ("nowhere.py:score", "a Python file and the name of a function or class in it are expected"),
    (f"{FILE}:nobody", "there is no function or class 'nobody' in the file"),
    (f"{FILE}:three", "three(a: Any, b: Any, c: Any): def score(node, job) is expected"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_file_without_the_score_is_told(text: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "tiny", "--placement", text]) == 2
    assert told in capsys.readouterr().err


def test_a_scenario_never_names_a_file_of_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "tiny", "--set", f"policy.placement={FILE}:best_fit"]) == 2
    assert "policy.placement" in capsys.readouterr().err
    with pytest.raises(PolicyError):
        Policy(placement=f"{FILE}:best_fit")


def test_another_process_reads_the_file_again() -> None:
    score = read_score(f"{FILE}:worst_fit")
    again = pickle.loads(pickle.dumps(score))
    assert (again.name, again.sha256) == (score.name, score.sha256) == ("scores_of_users.py:worst_fit", score.sha256)
    assert again.function is None
    assert again.loaded().function is not None


def test_a_score_works_in_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, out = f"{FILE}:worst_fit", tmp_path / "out"
    assert main(["run", "tiny", "--placement", mine, "--out", str(out)]) == 0
    assert main(["compare", "tiny", "--policies", "fifo,easy", "--placement", mine]) == 0
    words = ["--set", "time.horizon=3 d", "--replications", "2", "--placement", mine]
    assert main(["run", "mm-c", *words]) == 0
    assert main(["compare", "mm-c", "--policies", "fifo,sjf", *words]) == 0
    (tmp_path / "log.swf").write_text(LOG)
    on_log = ["--policies", "fifo,easy", "--windows", "5", "--nodes", "2x2"]
    assert main(["compare", str(tmp_path / "log.swf"), *on_log, "--placement", mine]) == 0
    assert main(["replay", str(tmp_path / "log.swf"), "--nodes", "2x2", "--placement", mine]) == 0
    assert capsys.readouterr().out.count("scores_of_users.py:worst_fit (") >= 8
    saved = Result.load(out / "result.parquet")
    assert saved.policy.placement == Score("scores_of_users.py:worst_fit", read_score(mine).sha256)
    expected = oc.run("tiny", set="policy.placement=worst-fit").log_digest
    assert saved.log_digest == expected
    assert oc.run("tiny", placement=users.worst_fit).log_digest == expected
    assert oc.run("tiny", policy=Policy(placement=users.worst_fit)).log_digest == expected
    assert saved.summary()["policy"]["placement"]["sha256"] == read_score(mine).sha256
    assert main(["run", str(out / "result.parquet")]) == 2
    assert "--placement FILE:NAME" in capsys.readouterr().err
    assert main(["report", str(out / "result.parquet"), "-o", str(tmp_path / "report.html")]) == 0
    assert "score of the user: scores_of_users.py:worst_fit" in (tmp_path / "report.html").read_text()


def test_an_object_that_can_be_called_is_a_score() -> None:
    class Fullest:
        def __call__(self, node: Any, job: Any) -> Any:
            return users.best_fit(node, job)

    assert oc.run("tiny", placement=Fullest()).log_digest == oc.run("tiny", placement="best-fit").log_digest


def test_a_result_has_the_score_of_a_policy_but_no_code() -> None:
    policy = policy_of("easy", Policy(), placement=users.best_fit)
    assert isinstance(policy.placement, Score)
    assert policy.text.startswith("easy, best_fit (")
    held = policy.without_code.placement
    assert held == policy.placement
    assert isinstance(held, Score)
    assert held.function is None
