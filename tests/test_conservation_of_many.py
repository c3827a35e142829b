"""No job is lost on the way into a sweep, a plan or a report: their counts are those of the jobs that were drawn."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import html5lib
import polars as pl
import pytest
from random_centers import random_center
from test_conservation import ALL, FEW, PLACES, expected

from onecenter.cli.main import main
from onecenter.experiments.replication import nothing_drawn, seed_of
from onecenter.experiments.replications import task_of
from onecenter.planning.candidates import FLEETS
from onecenter.planning.window import lengthened
from onecenter.scenario import Scenario, with_set
from onecenter.scenario.toml import dump
from onecenter.workload.load import never_held

#: Columns of the report's table of jobs, in their order.
SHOWN = ("submitted", *PLACES)

Counts = Mapping[str, Mapping[str, int]]


def written(scenario: Scenario, folder: Path) -> str:
    """Return the path of a scenario's file."""
    path = folder / "random.toml"
    path.write_text(dump(scenario.resolved()), encoding="utf-8")
    return str(path)


def drawn(scenario: Scenario, seeds: Iterable[int], warmup: int, horizon: int) -> dict[str, int]:
    """Return by platform how many jobs the seeds submit in the window, from the drawn jobs alone."""
    found = dict.fromkeys(scenario.platforms, 0)
    for seed in seeds:
        window = {"time.warmup": f"{warmup} ms", "time.horizon": f"{horizon} ms"}
        for name, count in expected(with_set(scenario, {"time.seed": seed, **window})).items():
            found[name] += count
    return found


def check_counts(counts: Counts, submitted: Mapping[str, int]) -> None:
    """Fail unless each platform's places add up to the jobs that were drawn for it."""
    assert {name: part["submitted"] for name, part in counts.items()} == submitted
    for name, part in counts.items():
        assert sum(part[place] for place in PLACES) == submitted[name], name


def check_sweep(number: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = random_center(number)
    many = 1 if nothing_drawn(scenario) else 2
    path = "center.nodes.big.count"
    vary = f"{path}=1,2"
    out = str(folder / "sweep")
    arguments = ["sweep", written(scenario, folder), "--vary", vary, "-n", str(many), "--out", out, "--workers", "1"]
    assert main([*arguments, "--json"]) == 0
    capsys.readouterr()
    rows = pl.read_parquet(f"{out}/*.parquet")
    assert len(rows) == 2 * many
    windows = {count: task_of(with_set(scenario, {path: count})).measurement.window for count in (1, 2)}
    for row in rows.iter_rows(named=True):
        counts = {name: {each: row[f"{name}.{each}"] for each in SHOWN} for name in (*scenario.platforms, "center")}
        center = counts.pop("center")
        assert row["error"] is None
        window = windows[row[path]]
        check_counts(counts, drawn(scenario, [int(row["seed"])], window.warmup, window.horizon))
        assert center == {each: sum(part[each] for part in counts.values()) for each in SHOWN}


def planned(scenario: Scenario) -> Scenario | None:
    """Return a random scenario with a target, and nodes that hold each job; None: no plan can be made of it."""
    if not any(part.wait or part.expansion or part.sizes for part in scenario.platforms.values()):
        name = next(iter(scenario.platforms))
        scenario = with_set(scenario, {f"platforms.{name}.wait": {"p90": "10 min"}})
    fleets = (with_set(scenario, {"center.nodes.big.count": count}) for count in (1, 2, 3, 6, 12))
    return None if nothing_drawn(scenario) else next((fleet for fleet in fleets if not never_held(fleet)), None)


def check_plan(number: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = planned(random_center(number))
    if scenario is None:
        return
    count = scenario.center.nodes["big"].count
    vary = f"center.nodes.big.count={count}:{count}"
    arguments = ["plan", written(scenario, folder), "--vary", vary, "--replications", "2", "--workers", "1", "--json"]
    capsys.readouterr()
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    (tried,) = answer["tried"]
    fleet = seed_of(scenario.time.seed, FLEETS, count)
    window = task_of(with_set(lengthened(scenario), {"time.seed": fleet})).measurement.window
    assert answer["window_d"] == pytest.approx(window.length / 86_400_000)
    seeds = [seed_of(fleet, index) for index in range(tried["replications"])]
    check_counts(tried["platforms"], drawn(scenario, seeds, window.warmup, window.horizon))


def check_report(number: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario, out = random_center(number), folder / "out"
    assert main(["run", written(scenario, folder), "--out", str(out), "--json"]) == 0
    assert main(["report", str(out), "--out", str(folder / "report.html")]) == 0
    capsys.readouterr()
    shown = table_of_jobs((folder / "report.html").read_text(encoding="utf-8"))
    counts = expected(scenario)
    assert [row["submitted"] for row in shown] == [*counts.values(), sum(counts.values())]
    for row in shown:
        assert sum(row[place] for place in PLACES) == row["submitted"]
    for each in SHOWN:
        assert shown[-1][each] == sum(row[each] for row in shown[:-1])


def table_of_jobs(page: str) -> list[dict[str, int]]:
    """Return the rows of the first table of a report that says what became of the jobs, the last for all platforms."""
    tree: Any = html5lib.parse(page, namespaceHTMLElements=False)
    for table in tree.iter("table"):
        head, *rows = [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]
        if "Started in time" in head and "Can never run" in head:
            return [
                {name: int(cell.replace(",", "")) for name, cell in zip(SHOWN, row[1:], strict=True)} for row in rows
            ]
    raise AssertionError("the report has no table of jobs")


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecenter.cli.sweeping.local", lambda *_: ThreadPoolExecutor(1))


@pytest.mark.parametrize("number", FEW[:4])
def test_a_sweep_loses_no_job(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_sweep(number, tmp_path, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 5, 10])
def test_a_plan_loses_no_job(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_plan(number, tmp_path, capsys)


@pytest.mark.parametrize("number", [0])
def test_a_report_loses_no_job(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_report(number, tmp_path, capsys)


@pytest.mark.nightly
@pytest.mark.parametrize("number", ALL)
def test_sweep_plan_and_report_lose_no_job_of_many(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for check, name in ((check_sweep, "sweep"), (check_plan, "plan"), (check_report, "report")):
        (tmp_path / name).mkdir()
        check(number, tmp_path / name, capsys)
