"""`onecenter policies`, and policies that packages register."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from onecenter_kernels.schema import BACKFILLS, LIVE_ORDERS, ORDERS, PLACEMENTS
from pages import ROOT

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PolicyError
from onecenter.policies import NAMED, Key, SchedulerCode
from onecenter.policies.catalogue import SOURCES, catalogue

CODE = """
import onecenter as oc

def key(job):
    return job.walltime

class Ours(oc.Scheduler):
    def schedule(self, view):
        for job in view.queue.job:
            if not view.start(job):
                return
"""
ENTRIES = """[onecenter.policies]
ours = ours_of_users:Ours
shortest = ours_of_users:key
broken = ours_of_users:nobody
fifo = ours_of_users:key
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a distribution be installed that registers policies."""
    about = tmp_path / "our_policies-1.5.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: our-policies\nVersion: 1.5\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    (tmp_path / "ours_of_users.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("ours_of_users", None)


@pytest.mark.usefixtures("package")
def test_a_policy_of_a_package_has_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    ours, shortest = (oc.run("tiny", policy=name) for name in ("ours", "shortest"))
    assert isinstance(ours.policy.order, SchedulerCode)
    assert isinstance(shortest.policy.order, Key)
    assert ours.log_digest == oc.run("tiny", policy="fifo").log_digest
    assert ours.policy.text.startswith("scheduler ours (")
    assert main(["compare", "tiny", "--policies", "ours,shortest,sjf-easy"]) == 0
    assert "scheduler ours (" in capsys.readouterr().out


@pytest.mark.usefixtures("package")
def test_a_name_of_ours_stays_ours_and_what_cannot_be_loaded_is_told() -> None:
    assert oc.run("tiny", policy="fifo").policy.order == "fifo"
    with pytest.raises(PolicyError, match="broken: ours_of_users:nobody of an installed package cannot be loaded: A"):
        oc.run("tiny", policy="broken")


@pytest.mark.usefixtures("package")
def test_policies_of_packages_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["policies"] if row["way"] != "parts"}
    assert (rows["ours"]["way"], rows["ours"]["source"]) == ("scheduler", "our-policies 1.5")
    assert (rows["shortest"]["part"], rows["shortest"]["way"]) == ("order", "key")
    assert "cannot be loaded" in rows["broken"]["source"]
    assert "fifo" not in rows


def test_all_parts_are_listed() -> None:
    listed = {(each.part, each.name): each for each in catalogue()}
    assert {name for part, name in listed if part == "policy"} == set(NAMED)
    assert {name for part, name in listed if part == "placement"} == set(PLACEMENTS)
    assert listed["policy", "wfp3-easy"].source == "Tang et al., Cluster 2009; Lifka, JSSPP 1995"
    of_easy = ("depth", "backfill_depth", "backfill_order", "reservations", "estimate")
    assert listed["policy", "easy"].parameters == of_easy
    assert listed["policy", "conservative"].parameters == ("backfill_depth",)
    assert listed["policy", "priority-easy"].parameters[-2:] == ("age_rate", "max_age")
    assert listed["order", "linear"].parameters[:2] == ("submit", "walltime")
    assert {"fairshare", "half_life", "shares"} < set(listed["order", "multifactor"].parameters)
    assert listed["policy", "qssf"].source == "Hu et al., SC 2021"
    assert set(SOURCES) <= {*ORDERS, *LIVE_ORDERS, *BACKFILLS, *PLACEMENTS}


def test_papers_are_those_of_the_specification() -> None:
    text = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \|[^\n]*\| ([^|\n]*) \|$", text, re.MULTILINE))
    last = ""
    for name in [name for name in rows if name in SOURCES]:
        last = last if rows[name] == "same" else rows[name]
        assert SOURCES[name] in last or last == "its reverse", name


def test_they_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "part", "way", "strides", "parameters", "source"]
    assert any(line.startswith("hrrn-easy ") and line.rstrip().endswith("JSSPP 1995") for line in lines)
