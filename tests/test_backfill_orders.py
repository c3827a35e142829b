"""Backfill in an order of its own: the twin, the built-in shortest first, keys of a user's own, bad input."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import policies_of_users as users
import pytest
from by_hand import job, nodes, table
from engines import by_core, check_equal, crowd, on_both_strides
from onecenter_kernels.codes import ORDERS
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, random_scenario

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PolicyError, ScenarioError
from onecenter.policies import Linear, Multifactor, Policy, key_of, policy_of
from onecenter.scenario import from_dict, load, with_set
from onecenter.simulation.result import Result

FILE = Path(users.__file__)

#: Orders that look at each job by itself.
SINGLE = [*(name for name in ORDERS if name != "qssf"), Linear(area=1.0, wait=-0.5), "column:tasks"]


def behind(scenario: RandomScenario, order: Any, reservations: int = 1) -> RandomScenario:
    """Return a scenario under EASY with an order of backfill."""
    parts = {"backfill": "easy", "backfill_order": order, "reservations": reservations, "estimate": "walltime"}
    return scenario._replace(policy=replace(scenario.policy, **parts))


@pytest.mark.equality
@pytest.mark.parametrize("reservations", [1, 3])
@pytest.mark.parametrize("order", SINGLE, ids=str)
def test_core_and_twin_agree(order: Any, reservations: int) -> None:
    many = [random_scenario(seed, ("fifo", "sjf", "wfp3", "multifactor")[seed % 4], "easy") for seed in range(71, 79)]
    crowded = crowd(72, "fifo", "easy", "best-fit", 25 if JIT else 12)
    for scenario in (*many[: 8 if JIT else 2], crowded):
        found = behind(scenario, order, reservations)
        check_equal(on_both_strides(found).log, simulate(*found))


@pytest.mark.equality
@pytest.mark.parametrize("reservations", [1, 2])
def test_the_shortest_first_is_easy_sjbf(reservations: int) -> None:
    for seed in range(80, 90):
        scenario = behind(random_scenario(seed, "fifo", "easy"), "sjf", reservations)
        built_in = replace(scenario.policy, backfill="easy-sjbf", backfill_order=None)
        assert by_core(scenario).tobytes() == by_core(scenario._replace(policy=built_in)).tobytes()


KEYS = [("sjf", "sjf"), ("sjf", "sjf_of_queue"), ("wfp3", "wfp3"), ("wfp3", "wfp3_of_queue"), ("edf", "edf"),
        ("wfp3", "wfp3_not_compiled")]  # fmt: skip


@pytest.mark.equality
@pytest.mark.parametrize("reservations", [1, 2])
@pytest.mark.parametrize(("order", "name"), KEYS)
def test_a_key_is_the_order_of_that_name(order: str, name: str, reservations: int) -> None:
    key = key_of(getattr(users, name))
    for queue in ("fifo", key_of(users.edf), "column:walltime"):
        for seed in range(3):
            scenario = random_scenario(seed, "edf", "easy")
            scenario = scenario._replace(policy=replace(scenario.policy, order=queue))
            expected = by_core(behind(scenario, order, reservations)).tobytes()
            assert by_core(behind(scenario, key, reservations)).tobytes() == expected


@pytest.mark.parametrize("name", ["divides", "nan", "nan_at_once", "raises"])
def test_a_key_that_gives_no_number_is_told_by_its_own_name(name: str) -> None:
    jobs = table([job(0, 9, 1), job(0, 5, 2), job(1, 2, 1)])
    rules = Policy(order=key_of(users.fifo), backfill_order=key_of(getattr(users, name)))
    with pytest.raises(PolicyError, match=f"policy: {name}"):
        by_core(RandomScenario((nodes(1, 2),), rules, jobs, None))


WRONG = [
    ({"backfill_order": "qssf"}, "backfill_order = 'qssf': an order that looks at each job by itself is expected"),
    ({"backfill_order": Multifactor(age=1)}, "an order that looks at each job by itself is expected"),
    ({"backfill_order": "lifo"}, "backfill_order = 'lifo': one of"),
    ({"backfill_order": "sjf", "backfill": "none"}, "backfill_order = 'sjf': it needs backfill easy"),
    ({"backfill_order": "sjf", "backfill": "easy-sjbf"}, "backfill_order = 'sjf': it needs backfill easy"),
    ({"backfill_order": key_of(users.sjf), "estimate": "run time"}, "estimate = 'run time': other than walltime needs"),
]


@pytest.mark.parametrize(("parts", "told"), WRONG)
def test_an_order_of_backfill_that_is_none(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(**parts)
    assert told in str(raised.value)


def test_in_a_scenario() -> None:
    for order in ("sjf", "column:tasks", {"kind": "linear", "area": 1.0}):
        scenario = with_set(load("tiny"), {"policy.backfill_order": order})
        assert from_dict(scenario.resolved(), "tiny").policy_ == scenario.policy_
        assert oc.run(scenario).policy == scenario.policy_
    assert scenario.policy_.backfill_order == Linear(area=1.0)
    assert scenario.policy_.text == "easy, best-fit, backfill by linear (1 area)"
    with pytest.raises(ScenarioError, match=r"backfill_order.*it needs backfill easy"):
        with_set(load("tiny"), {"policy.backfill_order": "sjf", "policy.backfill": "none"})


def test_a_name_keeps_it_where_the_backfill_is_easy() -> None:
    default = Policy(backfill_order="sjf")
    kept = {name: policy_of(name, default).backfill_order for name in ("easy", "sjf-easy", "easy-sjbf", "fifo")}
    assert kept == {"easy": "sjf", "sjf-easy": "sjf", "easy-sjbf": None, "fifo": None}
    assert policy_of("easy", Policy(), backfill_order=users.sjf).backfill_order == key_of(users.sjf)


def test_in_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, out = f"{FILE}:wfp3", tmp_path / "out"
    assert main(["run", "tiny", "--backfill-order", mine, "--out", str(out)]) == 0
    assert "backfill by policies_of_users.py:wfp3 (" in capsys.readouterr().out
    saved = Result.load(out / "result.parquet")
    assert saved.policy.backfill_order == policy_of(None, Policy(), backfill_order=mine).backfill_order
    assert saved.log_digest == oc.run("tiny", policy=Policy(backfill_order="wfp3")).log_digest
    assert saved.summary()["policy"]["backfill_order"]["kind"] == "key"
    assert main(["run", str(out / "result.parquet")]) == 2
    assert "with --backfill-order FILE:NAME" in capsys.readouterr().err
    assert main(["report", str(out / "result.parquet"), "-o", str(tmp_path / "report.html")]) == 0
    assert "order of backfill" in (tmp_path / "report.html").read_text()
    asked = ["--policy", "easy", "--replications", "2", "--set", "time.horizon=3 d", "--workers", "1"]
    assert main(["run", "mm-c", *asked, "--backfill-order", "ljf"]) == 0
    assert "backfill by ljf" in capsys.readouterr().out
