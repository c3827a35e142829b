"""The smallest quota of a platform that keeps every target, for a fleet as it is."""

import json
from pathlib import Path

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError, PlanError
from onecenter.planning.quota import is_quota, plan_quota, values_of
from onecenter.words import Words

#: x is an M/M/c queue on what its quota allows: at two accelerators its load is 0.75, at three 0.5. y needs four.
TEXT = """
time = { start = "2026-03-02T00:00:00Z", zone = "UTC", horizon = "40 h", warmup = "1 h", seed = 1 }
center.nodes.n = { count = 1, accelerators = 8 }
policy = { backfill = "none", placement = "first-fit" }

[platforms.x]
wait = { p90 = "15 min" }
quota = { nominal = { n = 4 }, borrowing_limit = { n = 0 } }
[platforms.x.demand.jobs]
arrivals = { kind = "poisson", rate = "18 / h" }
sizes = [{ accelerators = 1 }]
run_time = { kind = "exponential", mean = "5 min" }
walltime = { round = ["4 h"] }

[platforms.y]
quota = { nominal = { n = 4 }, borrowing_limit = { n = 0 } }
[platforms.y.demand.jobs]
arrivals = { kind = "poisson", rate = "2 / h" }
sizes = [{ accelerators = 4 }]
run_time = { kind = "constant", value = "1 min" }
"""

PATH = "platforms.x.quota.nominal.n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a file of the scenario."""
    path = tmp_path / "shared.toml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_the_smallest_quota_that_keeps_the_targets(file: str) -> None:
    # Of M/M/2 at load 0.75 P(wait > t) = 0.643 exp(-0.1 t): 14 % wait longer than 15 min. Of M/M/3 0.237 exp(-0.3 t).
    found = plan_quota(file, f"{PATH}=1:8:1", replications=12)
    assert found.answer == 3
    assert [(value, each.verdict) for value, each in found.tried if value in (2, 3)] == [(2, "missed"), (3, "met")]
    assert len(found.tried) <= 5  # of eight: it bisects
    assert found.text() == "x needs 3 of n to keep every target; with 2 this is missed or undecided: x, p90 wait"
    assert found.text(Words("zh")).startswith("x在 n 上的配额需要 3")


def test_in_percent_and_on_the_command_line(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "plan"
    asked = ["plan", file, "--vary", f"{PATH}=25 %:50 %:12.5 %", "--replications", "12", "--out", str(out)]
    assert main([*asked, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["answer"] == {PATH: "37.5 %"}
    assert json.loads((out / "quota.json").read_text(encoding="utf-8"))["tried"] == figures["tried"]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "x needs 37.5 % of n" in printed and "replications" in printed


def test_where_no_quota_is_enough(file: str) -> None:
    found = plan_quota(file, f"{PATH}=1:2:1", replications=12)
    assert (found.answer, [value for value, _ in found.tried]) == (None, [2.0])
    assert "No quota of x on n that was tried surely keeps every target" in found.text()


@pytest.mark.parametrize(
    ("vary", "what"),
    [
        (f"{PATH}=4:1:1", "low:high:step is expected, rising"),
        (f"{PATH}=1:4", "low:high:step is expected"),
        (f"{PATH}=10 %:4:1", "low:high:step is expected"),
        (f"{PATH}=-1:4:1", "low:high:step is expected"),
        (f"{PATH}=50 %:150 %:50 %", 'or "40 %"'),
        ("platforms.x.quota.nominal.m=1:4:1", "no such node type"),
        ("platforms.y.quota.nominal.n=1:4:1", "y has no target"),
        ("platforms.z.quota.nominal.n=1:4:1", "z has no target"),
    ],
)
def test_what_cannot_be_searched_for(file: str, vary: str, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OnecenterError, match=what.replace("(", "\\(")):
        plan_quota(file, vary)
    assert main(["plan", file, "--vary", vary]) == 2
    assert what in capsys.readouterr().err


@pytest.mark.parametrize(
    "more", [["--vary", "center.nodes.n.count=1:2"], ["--budget", "5"], ["--criterion", "periods=0.9"]]
)
def test_what_does_not_go_with_a_quota(file: str, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", file, "--vary", f"{PATH}=1:4:1", *more]) == 2
    assert "quota" in capsys.readouterr().err


def test_which_paths_are_quotas() -> None:
    assert is_quota(PATH) and is_quota(f'{PATH}="20 %"') and is_quota('platforms."x y".quota.nominal.n')
    assert not any(map(is_quota, ("platforms.x.quota.lending_limit.n", "center.nodes.n.count=1:2", "center..n", "")))


def test_values_of_a_range() -> None:
    assert values_of(PATH, "1:2:0.5") == [1.0, 1.5, 2.0]
    assert values_of(PATH, "5 %:20 %:5 %") == ["5 %", "10 %", "15 %", "20 %"]
    with pytest.raises(PlanError, match="at most 1,000 values"):
        values_of(PATH, "1:1001:1")


def test_the_scenario_is_lawful(file: str) -> None:
    assert oc.run(file).sharing is not None
