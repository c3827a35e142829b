"""Quotas that add up to more than there is: a warning, no mistake; and quotas as paths that vary."""

import json
from pathlib import Path

import pytest
from shared_center import HALVES, raw_of

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PlanError
from onecenter.scenario import Scenario, from_dict, with_set
from onecenter.scenario.toml import dump
from onecenter.workload.slips import slips


def scenario(more: str = "") -> Scenario:
    """Return two platforms that own half of eight accelerators each."""
    nominal = "x = { quota = { nominal = { n = 4 }"
    return from_dict(raw_of(HALVES.replace(nominal, nominal + more), "A x 0 60 6\nB y 6 30 2"))


def told(found: Scenario) -> list[str]:
    """Return the warnings about quotas."""
    return [text for text in slips(found) if text.startswith("quota.")]


@pytest.mark.parametrize(("path", "value", "most"), [
    ("platforms.x.quota.nominal.n", 4, None),
    ("platforms.x.quota.nominal.n", 5, "9"),
    ("platforms.x.quota.nominal.n", "62.5 %", "9"),
    ("platforms.x.quota.nominal.n", 4.001, "8.001"),
    ("center.quota", {"nominal": {"n": 1}}, "9"),
    ("center.nodes.n.accelerators", 7, "8"),
])  # fmt: skip
def test_quotas_beyond_what_there_is_are_a_warning(path: str, value: object, most: str | None) -> None:
    found = told(with_set(scenario(), {path: value}))
    assert [text.split(" in all")[0] for text in found] == ([] if most is None else [f"quota.nominal.n = {most}"])


def test_a_change_counts_from_its_instant_on() -> None:
    later = ', changes = [{ at = "2026-03-02T01:00:00+08:00", nominal = { n = 6 } }]'
    there = "there are 8, so not all can have their own at once; lower some, or add nodes"
    assert told(scenario(later)) == [f"quota.nominal.n = 10 in all: {there}"]
    assert told(scenario(later.replace("6 }", "2 }"))) == []


def test_the_warning_is_printed_and_the_run_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "much.toml"
    file.write_text(dump(with_set(scenario(), {"platforms.x.quota.nominal.n": 5}).resolved()), encoding="utf-8")
    assert main(["validate", str(file)]) == 0
    assert "warning: quota.nominal.n = 9 in all" in capsys.readouterr().err
    assert main(["run", str(file), "--json"]) == 0
    assert any("quota.nominal.n" in text for text in json.loads(capsys.readouterr().out)["warnings"])


def test_a_sweep_varies_a_quota_in_percent(tmp_path: Path) -> None:
    file, out = tmp_path / "shared.toml", tmp_path / "sweep"
    file.write_text(dump(scenario().resolved()), encoding="utf-8")
    vary = ["--vary", 'platforms.x.quota.nominal.n="25 %","50 %"', "--vary", "platforms.y.quota.lending_limit.n=1:2:1"]
    assert main(["sweep", str(file), *vary, "--out", str(out)]) == 0
    found = oc.sweep(scenario(), {"platforms.x.quota.nominal.n": ["25 %", "50 %"],
                                  "platforms.y.quota.lending_limit.n": [1, 2]})  # fmt: skip
    # A asks for 6: y's limit lets x have 2 + 1, 2 + 2, 4 + 1 and 4 + 2 in all.
    assert found.table["x.refused"].to_list() == [1, 1, 1, 0]
    assert found.table["x.borrowed_hours"].to_list() == [0.0, 0.0, 0.0, 2.0]


def test_a_quota_that_cannot_be_is_told_with_its_path() -> None:
    with pytest.raises(PlanError, match=r'platforms\.x\.quota\.nominal\.n = "140 %"'):
        oc.sweep(scenario(), {"platforms.x.quota.nominal.n": ["140 %"]})
    with pytest.raises(PlanError, match="no such node type"):
        oc.sweep(scenario(), {"platforms.x.quota.nominal.m": [2]})


@pytest.mark.parametrize(("job", "write", "preemption", "warns"), [
    ("A x 0 60 6", "1 min", "tier", True),
    ("A x 0 60 6 walltime=60", "1 min", "tier", True),
    ("A x 0 60 6 walltime=61", "1 min", "tier", False),
    ("A x 0 30 6", "1 min", "tier", False),  # nothing is written behind the last piece
    ("A x 0 60 6", "0 s", "tier", False),
    ("A x 0 60 6", "1 min", "none", False),
])  # fmt: skip
def test_walltimes_without_time_to_write_are_a_warning(job: str, write: str, preemption: str, warns: bool) -> None:
    raw = raw_of(HALVES, job)
    raw["policy"]["preemption"] = preemption
    raw["platforms"]["x"]["demand"]["jobs"]["checkpoint"] = {"every": "30 min", "write": write}
    raw["platforms"]["y"]["demand"] = {"jobs": {"jobs": [{"submit": "0 s", "run_time": "1 min", "accelerators": 1}]}}
    found = [text for text in slips(from_dict(raw)) if "checkpoint.write" in text]
    assert [text.split(":")[0] for text in found] == ['platforms.x.demand.jobs.checkpoint.write = "1 min"'] * warns


@pytest.mark.parametrize(("walltime", "warns"), [({}, True), ({"factor": 1}, True), ({"factor": [1, 2]}, False)])
def test_so_are_drawn_ones(walltime: dict[str, object], warns: bool) -> None:
    raw = raw_of(HALVES, "A y 0 1 1")
    raw["policy"]["preemption"] = "tier"
    raw["platforms"]["x"]["demand"] = {
        "drawn": {
            "arrivals": {"kind": "poisson", "rate": "1 / h"},
            "sizes": [{"accelerators": 1}],
            "run_time": {"kind": "exponential", "mean": "2 h"},
            "checkpoint": {"every": "30 min", "write": "1 min"},
            **({"walltime": walltime} if walltime else {}),
        }
    }
    assert any("drawn.checkpoint.write" in text for text in slips(from_dict(raw))) == warns
