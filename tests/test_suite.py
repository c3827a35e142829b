"""The suite: its workloads, its table against what is committed, and policies that decide otherwise."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from onecenter_kernels.codes import LIVE_ORDERS

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import ResultError
from onecenter.experiments.suite import PARTS, WORKLOADS, Frozen, Row, frozen, policies, save
from onecenter.experiments.suite.measuring import CENTER, Measured
from onecenter.experiments.suite.rows import rounded, rows_of
from onecenter.experiments.suite.view import of_workload
from onecenter.policies import NAMED, Policy
from onecenter.simulation.running import scenario_of
from onecenter.words import Words

QUICK_ONES = ["convoy", "fragmentation"]


def row(mean: float, **about: str) -> Row:
    """Return a row of the mean wait of EASY in the convoy, over four runs."""
    names = {
        "part": "full",
        "workload": "convoy",
        "policy": "easy",
        "platform": CENTER,
        "figure": "wait_mean_s",
    } | about
    return Row(**names, mean=mean, sd=8.0, runs=4, limit=0.4)


def test_rows_have_mean_deviation_and_limit() -> None:
    seeds = [[Measured("easy", CENTER, "wait_mean_s", value)] for value in (1.0, 3.0, 8.0)]
    (found,) = rows_of("full", "convoy", seeds)
    assert found.key == ("full", "convoy", "easy", CENTER, "wait_mean_s")
    assert (found.mean, found.runs) == (4.0, 3)
    assert found.sd == pytest.approx(math.sqrt(13), rel=1e-5)
    assert found.limit == pytest.approx(0.1 * math.sqrt(13 / 3), rel=1e-5)
    assert found.half == pytest.approx(4.3027 * math.sqrt(13 / 3), rel=1e-4)


def test_one_run_has_no_deviation_and_no_interval() -> None:
    (found,) = rows_of("quick", "convoy", [[Measured("easy", CENTER, "utilisation", 0.5)]])
    assert (found.sd, found.runs, found.limit) == (0.0, 1, 0.0005)
    assert math.isnan(found.half)


def test_figures_keep_six_digits() -> None:
    assert rounded(123456.789) == 123457
    assert rounded(0.000123456789) == 0.000123457


def test_the_table_is_read_as_written(tmp_path: Path) -> None:
    rows = [row(12.5), row(0.1 + 0.2, figure="utilisation")._replace(limit=1e-9)]
    save(rows, tmp_path / "t.csv")
    again = frozen(tmp_path / "t.csv")
    assert again.rows[0] == rows[0]
    assert again.rows[1].mean == pytest.approx(0.3)
    assert again.digest == frozen(tmp_path / "t.csv").digest != Frozen(rows[:1]).digest


@pytest.mark.parametrize(
    "text",
    [None, "", "part,workload\nfull,convoy\n", ",".join(Row._fields) + "\nfull,convoy,easy,center,x,many,0,1,0\n"],
)
def test_a_damaged_table_is_refused(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ResultError, match="the committed table of the suite is expected"):
        frozen(path)


def test_changes_name_workload_policy_platform_and_by_how_much() -> None:
    table = Frozen([row(100.0), row(7.0, platform="whole"), row(0.0, figure="left_share")])
    assert table.changes(table.rows) == []
    assert table.changes([row(100.39), *table.rows[1:]]) == []
    assert table.changes([row(100.5), row(7.0, platform="whole"), row(1.0, figure="left_share")]) == [
        "convoy, easy, center: wait_mean_s from 100 to 100.5 (+0.5 %), limit 0.4",
        "convoy, easy, center: left_share from 0 to 1, limit 0.4",
    ]


def test_changes_name_what_is_on_one_side_only() -> None:
    table = Frozen([row(1.0), row(2.0, policy="fifo"), row(3.0, part="quick")])
    found = [row(1.0, policy="mine"), row(1.0, part="quick", workload="other")]
    assert table.changes([*found, row(1.0)]) == [
        "convoy, mine, center: wait_mean_s: found, but not committed",
        "other, easy, center: wait_mean_s (quick): found, but not committed",
        "convoy, easy, center: wait_mean_s (quick): committed, but not found",
    ]


def test_every_policy_on_every_workload_is_committed() -> None:
    about = {(one.part, one.workload, one.policy) for one in frozen().rows}
    assert about == {(part, name, policy) for part in PARTS for name in WORKLOADS for policy in policies()}
    assert set(NAMED) - set(LIVE_ORDERS) < set(policies())
    assert {one.runs for one in frozen().of("full")} == {10}
    assert {one.runs for one in frozen().of("quick")} == {1}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_workload_has_backfill_better_than_none_and_a_busy_center(workload: str) -> None:
    means = {
        (one.policy, one.figure): one.mean
        for one in frozen().of("full")
        if (one.workload, one.platform) == (workload, CENTER)
    }
    assert means["easy", "wait_mean_s"] < means["fifo", "wait_mean_s"]
    assert 0.6 < means["easy", "utilisation"] < 0.95
    assert all(0 < means[policy, "jain_tenants"] <= 1 for policy in policies())


def test_two_workloads_of_the_quick_part_are_as_committed() -> None:
    found = oc.suite("quick", workloads=QUICK_ONES)
    expected = Frozen([one for one in frozen().of("quick") if one.workload in QUICK_ONES])
    assert expected.changes(found) == []
    assert len(found) == len(expected.rows)


def test_a_run_of_a_seed_is_the_run_that_anyone_can_make() -> None:
    found = {
        one.figure: one.mean
        for one in oc.suite("quick", {"easy": Policy()}, workloads=["convoy"])
        if one.platform == CENTER
    }
    runs = oc.replicate(scenario_of("convoy"), 1, policy="easy")
    waits = runs[0].everyone.wait / 1000
    assert found["wait_max_s"] == rounded(waits.max())
    assert found["wait_mean_s"] == pytest.approx(waits.mean(), rel=1e-5)


def test_a_policy_of_ones_own_stands_beside_the_committed_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text("def key(job):\n    return job.walltime\n")
    assert main(["suite", "--quick", "--policy", f"{tmp_path}/mine.py:key", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["part"], found["committed"], found["changes"]) == ("quick", frozen().digest, [])
    mine = {(one["workload"], one["platform"], one["figure"]): one["mean"] for one in found["rows"]}
    sjf = {
        (one.workload, one.platform, one.figure): one.mean for one in frozen().of("quick") if one.policy == "sjf-easy"
    }
    assert mine == pytest.approx(sjf)


@pytest.mark.parametrize("form", [(), ("--markdown",)])
def test_the_tables_are_printed_with_a_star(form: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suite", "--quick", "--policy", "sjf", *form]) == 0
    out = capsys.readouterr().out
    assert out.count("sjf *") == len(WORKLOADS)
    assert all(workload in out for workload in WORKLOADS)
    assert f"committed table {frozen().digest[:12]}: every figure is as committed" in out
    assert ("| :--- | ---: |" in out) == bool(form)


def test_a_moved_figure_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = [
        one._replace(mean=2 * one.mean) if one.key == ("quick", "convoy", "sjf", CENTER, "wait_mean_s") else one
        for one in frozen().rows
    ]
    monkeypatch.setattr("onecenter.cli.suiting.frozen", lambda: Frozen(moved))
    assert main(["suite", "--quick", "--policy", "sjf"]) == 1
    assert "convoy, sjf, center: wait_mean_s (quick) from" in capsys.readouterr().out


def test_an_interval_is_shown_over_seeds() -> None:
    table = of_workload(Words(), [row(100.0), row(0.5, figure="utilisation")], "convoy", {"easy"})
    assert [cell.text for cell in table.rows[0]][:2] == ["easy *", "1.7 min (87 s to 1.9 min)"]
    assert table.rows[0][3].text == "–"


OFF_BY_ONE = ("long = t + s.jobs[j].walltime > shadow", "long = t + s.jobs[j].walltime >= shadow")
CHECK = """
import onecenter as oc
from onecenter.experiments.suite import frozen
rows = oc.suite("quick", {"easy": oc.Policy()}, workloads=["fragmentation"])
print("\\n".join(line for line in frozen().changes(rows) if "found" not in line))
"""


@pytest.mark.slow
def test_an_off_by_one_in_backfill_turns_it_red(tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    for folder in ("kernels", "simulator", "scenarios"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    easy = tmp_path / "kernels" / "onecenter_kernels" / "easy.py"
    text = easy.read_text()
    assert text.count(OFF_BY_ONE[0]) == 2
    easy.write_text(text.replace(*OFF_BY_ONE))
    env = os.environ | {
        "PYTHONPATH": f"{tmp_path}/simulator:{tmp_path}/kernels",
        "ONECENTER_CACHE": f"{tmp_path}/cache",
    }
    run = subprocess.run([sys.executable, "-c", CHECK], env=env, capture_output=True, text=True, check=True)
    assert "fragmentation, easy, center: wait_mean_s (quick) from" in run.stdout


@pytest.mark.nightly
def test_the_whole_suite_is_as_committed() -> None:
    assert frozen().changes(oc.suite("full")) == []
