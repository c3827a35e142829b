"""The reservations of a policy: where they are accepted and refused, and that they are said."""

from pathlib import Path
from typing import Any

import pytest
from reports import page_of

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PolicyError, ScenarioError
from onecenter.policies import NAMED, policy_of
from onecenter.scenario import with_set


@pytest.mark.parametrize("backfill", ["none", "conservative"])
def test_several_reservations_need_easy(backfill: str) -> None:
    right = "more than 1 needs backfill easy or easy-sjbf"
    with pytest.raises(PolicyError) as told:
        oc.Policy(backfill=backfill, reservations=2)
    assert told.value.mistakes == [f"reservations = 2: {right}"]
    with pytest.raises(ScenarioError) as refused:
        with_set(oc.load("tiny"), {"policy.backfill": backfill, "policy.reservations": 2})
    assert len(refused.value.mistakes) == 1
    assert "policy.reservations = 2" in refused.value.mistakes[0]
    assert right in refused.value.mistakes[0]
    assert oc.Policy(backfill=backfill, reservations=1) == oc.Policy(backfill=backfill)


@pytest.mark.parametrize("value", [0, -1, 2.0, True, "2", 10**9 + 1])
def test_other_than_a_number_of_jobs_is_refused(value: Any) -> None:
    with pytest.raises(PolicyError, match=r"^policy: reservations = "):
        oc.Policy(reservations=value)
    with pytest.raises(ScenarioError, match=r"policy\.reservations = "):
        with_set(oc.load("tiny"), {"policy.reservations": value})


def test_a_wrong_backfill_is_told_alone() -> None:
    with pytest.raises(PolicyError) as told:
        oc.Policy(backfill="best", reservations=2)
    assert [mistake.split(" = ")[0] for mistake in told.value.mistakes] == ["backfill"]


@pytest.mark.parametrize("name", NAMED)
def test_a_named_policy_keeps_reservations_where_it_makes_some(name: str) -> None:
    found = policy_of(name, oc.Policy(reservations=3))
    assert found.reservations == (3 if found.backfill in ("easy", "easy-sjbf") else 1)
    assert (found.order, found.backfill) == (NAMED[name].order, NAMED[name].backfill)


def test_a_backfill_instead_of_the_policys_keeps_them_too() -> None:
    policy = oc.Policy(reservations=3)
    assert policy_of(None, policy, backfill="easy-sjbf") == oc.Policy(backfill="easy-sjbf", reservations=3)
    assert policy_of(policy, oc.Policy(), backfill="conservative") == oc.Policy(backfill="conservative")
    assert policy_of("fifo", policy, order="sjf", backfill="easy") == oc.Policy("sjf", "easy", reservations=3)


def test_they_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("run", "tiny", "--set", "policy.reservations=2")) == 0
    assert " · policy easy, best-fit, 2 reservations · " in capsys.readouterr().out
    assert main(("compare", "tiny", "--policies", "fifo,easy", "--set", "policy.reservations=2")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[-2:]] == ["fifo, best-fit", "easy, best-fit, 2 reservations"]
    assert oc.run("tiny", set="policy.reservations=2").summary()["policy"]["reservations"] == 2


def test_a_saved_result_keeps_them(tmp_path: Path) -> None:
    result = oc.run("tiny", set="policy.reservations=2")
    result.save(tmp_path / "result.parquet")
    assert oc.Result.load(tmp_path / "result.parquet").policy == oc.Policy(reservations=2)


def test_a_report_says_them() -> None:
    results = [oc.run("tiny", set=f"policy.reservations={number}") for number in (1, 2)]
    for language, label in (("en", "Blocked jobs that hold a place"), ("zh", "保留位置的受阻作业数")):
        one, two = (page_of(language, result) for result in results)
        assert label in two
        assert label not in one
