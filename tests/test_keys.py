"""A key of the user's own gives the log that the same order has by its name, compiled or not, alone or all at once."""

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import policies_of_users as users
import pytest
from by_hand import job, nodes, table
from engines import by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from oracle import simulate
from random_scenarios import RandomScenario, random_scenario

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PolicyError
from onecenter.policies import Key, Policy, key_of, policy_of, read_key
from onecenter.simulation.result import Result

FILE = Path(users.__file__)

SAME = [
    ("fifo", "fifo"), ("sjf", "sjf"), ("sjf", "sjf_of_queue"), ("wfp3", "wfp3"), ("wfp3", "wfp3_of_queue"),
    ("wfp3", "wfp3_not_compiled"), ("edf", "edf"),
]  # fmt: skip


def keyed(scenario: RandomScenario, name: str) -> RandomScenario:
    """Return a scenario under a key of a user."""
    return scenario._replace(policy=replace(scenario.policy, order=key_of(getattr(users, name))))


@pytest.mark.equality
@pytest.mark.parametrize("backfill", codes.BACKFILLS)
@pytest.mark.parametrize(("order", "name"), SAME)
def test_a_key_is_the_order_of_that_name(order: str, name: str, backfill: str) -> None:
    for seed in range(4):
        scenario = random_scenario(seed, order, backfill)
        expected = by_core(scenario).tobytes()
        assert by_core(keyed(scenario, name)).tobytes() == expected
    assert on_both_strides(keyed(scenario, name)).log.tobytes() == expected


@pytest.mark.equality
@pytest.mark.parametrize("behind", [False, True], ids=["of the queue", "of backfill"])
@pytest.mark.parametrize("name", [*(name for _, name in SAME), "latest_in_tens"])
def test_the_twin_asks_the_very_function(name: str, behind: bool) -> None:
    for seed in range(500, 508):
        scenario = random_scenario(seed, None, "easy" if behind else None)
        part = {"backfill_order" if behind else "order": key_of(getattr(users, name))}
        found = scenario._replace(policy=replace(scenario.policy, estimate="walltime", **part))
        check_equal(on_both_strides(found).log, simulate(*found))


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(8))
def test_a_key_that_lets_jobs_pass_others_later_on_is_the_same_asked_once_and_in_each_pass(seed: int) -> None:
    scenario = random_scenario(seed, "fifo", "easy")
    expected = by_core(keyed(scenario, "latest_in_tens_now")).tobytes()
    assert by_core(keyed(scenario, "latest_in_tens")).tobytes() == expected


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(6))
def test_all_features_are_the_same_compiled_and_not(seed: int) -> None:
    scenario = random_scenario(seed, "fifo", "none")
    work, number = scenario.workload, np.arange(len(scenario.workload))
    owners = {"platform": number % 2, "tenant": number * 7 % 5, "stream": number * 5 % 3}
    late = np.where(number % 4 == 0, -1, 1000 * (number * 11 % 13))
    scenario = scenario._replace(workload=replace(work, submit=work.submit // 1000, deadline=late, **owners))

    def of_queue(queue: Any, now: float) -> Any:
        return [users.of_everything(users.Job(*row), now) for row in np.transpose(queue)]

    one = by_core(keyed(scenario, "of_everything"))
    other = by_core(scenario._replace(policy=replace(scenario.policy, order=key_of(of_queue))))
    assert one.tobytes() == other.tobytes()


BAD = [
    ("divides", "job 0 at 0 s: ZeroDivisionError: "),
    ("nan", "job 0 at 0 s: NaN is no key"),
    ("nan_at_once", "job 0: NaN is no key"),
    ("text", "job 0 at 0 s: a number is expected, not str"),
    ("too_few", "at 0 s: 1 numbers are expected, one per job, not ndarray of shape"),
    ("raises", "at 0 s: KeyError: 'no'"),
    ("words", "at 0 s: 1 numbers are expected, one per job, not list"),
]


@pytest.mark.parametrize(("name", "told"), BAD)
def test_a_key_that_gives_no_numbers_is_told(name: str, told: str) -> None:
    scenario = RandomScenario((nodes(1, 1),), Policy(order=key_of(getattr(users, name))), table([job(0, 5, 1)]), None)
    with pytest.raises(PolicyError, match=r"policy: .*") as raised:
        by_core(scenario)
    assert told in str(raised.value)


def test_an_interrupted_key_interrupts_the_run() -> None:
    scenario = RandomScenario((nodes(1, 1),), Policy(order=key_of(users.interrupts)), table([job(0, 5, 1)]), None)
    with pytest.raises(KeyboardInterrupt):
        by_core(scenario)


def test_a_key_cannot_write_into_the_core() -> None:
    jobs = table([job(0, 5, 1), job(1, 5, 1, priority=2), job(2, 5, 1, priority=1)])
    scenario = RandomScenario((nodes(1, 1),), Policy(order=key_of(users.writes)), jobs, None)
    log = by_core(scenario)
    assert log[log["kind"] == codes.E_START]["job"].tolist() == [0, 2, 1]


MISTAKES = [
    ("nowhere.py:key", "a Python file and the name of a function or class in it are expected"),
    (f"{FILE}:nobody", "there is no function or class 'nobody' in the file"),
    (f"{FILE}:number", "there is no function or class 'number' in the file"),
    (f"{FILE}:three", "three(a: Any, b: Any, c: Any): def key(job), key(job, now), key(queue) or key(queue, now) is"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_file_without_the_key_is_told(text: str, told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policy_of(text, Policy())
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["def key(job:", "raise SystemExit(3)", "import no_such_module_at_all", "\x00"])
def test_a_file_that_is_no_python_is_told(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text)
    assert main(["run", "tiny", "--policy", f"{path}:key"]) == 2
    assert "the file cannot be run" in capsys.readouterr().err


def test_another_process_reads_the_file_again() -> None:
    key = read_key(f"{FILE}:wfp3")
    again = pickle.loads(pickle.dumps(key))
    assert (again.name, again.sha256) == (key.name, key.sha256) == ("policies_of_users.py:wfp3", key.sha256)
    assert again.function is None
    assert again.loaded().function is not None
    assert pickle.loads(pickle.dumps(key_of(users.sjf))).function is users.sjf


def test_a_key_works_in_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = f"{FILE}:wfp3"
    assert main(["run", "tiny", "--policy", mine, "--out", str(tmp_path / "out")]) == 0
    assert main(["compare", "tiny", "--policies", f"wfp3-easy,{mine}"]) == 0
    assert main(["run", "mm-c", "--policy", mine, "--replications", "2", "--set", "time.horizon=3 d"]) == 0
    assert "policies_of_users.py:wfp3 (" in capsys.readouterr().out
    saved = Result.load(tmp_path / "out" / "result.parquet")
    assert saved.policy.order == Key("policies_of_users.py:wfp3", read_key(mine).sha256)
    assert saved.log_digest == oc.run("tiny", policy="wfp3-easy").log_digest
    assert saved.log_digest == oc.run("tiny", policy=users.wfp3).log_digest
    for number in range(6):
        assert all(part.ahead is None for part in saved.explain(number).intervals)
    assert main(["run", str(tmp_path / "out" / "result.parquet")]) == 2
    assert "is code, which no result holds" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "out" / "result.parquet"), "-o", str(tmp_path / "report.html")]) == 0


def test_a_mistake_about_a_key_names_it() -> None:
    with pytest.raises(PolicyError, match=r"^policy: backfill_order = sjf \([0-9a-f]{8}\): it needs backfill easy$"):
        Policy(backfill="none", backfill_order=key_of(users.sjf))


def test_an_object_that_can_be_called_is_a_key() -> None:
    class Weighted:
        def __call__(self, job: Any) -> Any:
            return 2 * job.walltime

    assert oc.run("tiny", policy=Weighted()).log_digest == oc.run("tiny", policy="sjf-easy").log_digest


@pytest.mark.parametrize(
    "command",
    [
        ["run", "tiny"],
        pytest.param(["sweep", "tiny", "--vary", "policy.depth=0,9", "--workers", "1"], marks=pytest.mark.slow),
    ],
)
def test_what_a_key_prints_is_not_in_the_json(
    command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, more = tmp_path / "mine.py", ["--out", str(tmp_path / "out"), "--json"]
    path.write_text("print('read')\ndef key(job):\n    print('asked')\n    return job.submit\n")
    assert main([*command, "--policy", f"{path}:key", *more]) == 0
    out, err = capfd.readouterr()
    assert isinstance(json.loads(out), dict)
    assert {"read", "asked"} <= set(err.split())


def test_what_a_key_prints_is_not_in_the_table(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def key(job):\n    print('asked')\n    return job.submit\n")
    assert main(["compare", "tiny", "--policies", f"easy,{path}:key", "--markdown"]) == 0
    out, err = capfd.readouterr()
    assert "asked" not in out
    assert "| easy, best-fit |" in out
    assert set(err.split()) == {"asked"}


def test_a_lambda_has_a_hash_too() -> None:
    one, other = (key_of(eval(f"lambda job: {sign}job.submit")) for sign in ("", "-"))
    assert one.sha256 != other.sha256
    assert not one.changes_with_time
