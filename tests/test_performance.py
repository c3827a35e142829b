"""The benchmarks of sizes, start-up and memory, and the page that their tables are written into."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import memory, performance, ratios, scaling, start_up
from benchmarks.peers import table as peers
from onecenter.errors import ResultError


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the page that is written in place of it."""
    copy = tmp_path / "performance.md"
    shutil.copyfile(performance.PAGE, copy)
    monkeypatch.setattr(performance, "PAGE", copy)
    return copy


def report_of(name: str) -> dict[str, Any]:
    """Return a report of as many rows as are declared, each figure its number."""
    return {"rows": [{key: i for key in performance.TITLES[name]} for i in range(performance.ROWS[name])]}


def test_the_page_has_every_row() -> None:
    assert [row[0] for row in performance.table("scale")] == [f"{nodes:,}" for nodes in scaling.NODES]
    assert [row[0] for row in performance.table("queue")] == [f"{waiting:,}" for waiting in scaling.QUEUES]
    assert [row[0] for row in performance.table("start-up")] == list(start_up.PROCESSES)
    assert [row[0] for row in performance.table("memory")] == [f"{jobs:,}" for jobs in memory.SIZES]
    assert [tuple(row[:3]) for row in performance.table("peers")] == list(peers.ROWS)
    expected = [[f"{row.nodes:,}", row.policy, "" if row.load is None else str(row.load)] for row in ratios.ROWS]
    assert [row[:3] for row in performance.table("throughput")][:-1] == expected
    assert performance.table("throughput")[-1][3] == "changsha-plain"


@pytest.mark.parametrize("name", performance.TITLES)
def test_a_table_is_written_between_its_marks(name: str, page: Path) -> None:
    before = {other: performance.table(other) for other in performance.TITLES if other != name}
    performance.write(name, report_of(name))
    assert performance.table(name) == [
        [str(i)] * len(performance.TITLES[name]) for i in range(performance.ROWS[name])
    ]
    assert {other: performance.table(other) for other in before} == before
    first = page.read_text()
    performance.write(name, report_of(name))
    assert page.read_text() == first


def test_a_missing_row_is_an_error(page: Path) -> None:
    report = report_of("scale")
    report["rows"].pop()
    before = page.read_text()
    with pytest.raises(ResultError, match=f"{len(scaling.NODES) - 1} rows: {len(scaling.NODES)} are expected"):
        performance.write("scale", report)
    assert page.read_text() == before


def test_a_page_without_marks_is_an_error(page: Path) -> None:
    page.write_text(page.read_text().replace("<!-- end of scale -->", ""))
    with pytest.raises(ResultError, match="are expected around the table"):
        performance.write("scale", report_of("scale"))


def test_the_exponent_is_that_of_a_power_law() -> None:
    rows = [{"nodes": nodes, "us": 3 * nodes**0.25} for nodes in (64, 640, 6_400)]
    assert scaling.exponent([{"nodes": 8, "us": 1e9}, *rows], "nodes") == 0.25


def test_jobs_that_wait_from_the_start_and_jobs_that_arrive() -> None:
    work = scaling.waiting_jobs(30, 400)
    assert (work.submit[:30] == 0).all()
    assert (np.diff(work.submit[29:]) >= 0).all()
    assert work.submit[-1] > 0
    assert len(work) == 430


def test_sizes_in_brief(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "NODES", (8, 64, 128))
    monkeypatch.setattr(scaling, "JOBS_PER_NODE", 2)
    monkeypatch.setattr(scaling, "LEAST_JOBS", 100)
    monkeypatch.setattr(scaling, "QUEUES", (10, 500, 600))
    monkeypatch.setattr(scaling, "ARRIVING", 100)
    assert command.main(["scale", "--quick", "--json"]) == 0
    scale = json.loads(capsys.readouterr().out)
    assert [(row["nodes"], row["jobs"]) for row in scale["rows"]] == [(8, 16), (64, 128), (128, 256)]
    assert all(row["us"] > 0 for row in scale["rows"])
    assert command.main(["queue", "--quick"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[1:-1]] == ["10", "500", "600"]
    assert out.splitlines()[-1].startswith("cost ~ waiting ^ ")


def test_start_up_is_measured_beside_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, ...]] = []

    def spent(process: tuple[str, ...], given: bytes) -> float:
        seen.append(process)
        return 1.0 if process == start_up.FLOOR else 1.25 if given else 1.5

    monkeypatch.setattr(start_up, "cpu_seconds", spent)
    report = start_up.measure(0.1, silent)
    assert [(row["what"], row["ratio"]) for row in report["rows"]] == [
        ("floor", 1.0),
        ("run tiny", 1.5),
        ("run tiny --out", 1.5),
        ("a worker's first replication", 1.25),
    ]
    assert len(seen) == 4 * (1 + start_up.QUICK_ROUNDS)
    assert "1.25" in start_up.lines(report)[-1]


def test_cpu_seconds_are_those_of_the_process() -> None:
    nothing = start_up.cpu_seconds(("-c", "pass"), b"")
    some = start_up.cpu_seconds(("-c", "import sys\nn = int(sys.stdin.read())\nwhile n: n -= 1"), b"5000000")
    assert 0 < nothing < some


def test_memory_by_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "measured_apart", lambda jobs, load, backfill: {"run": jobs / 1e3, "figures": 9.0})
    report = memory.table(0.1, silent)
    assert [(row["jobs"], row["run"]) for row in report["rows"]] == [(100_000, 100.0), (1_000_000, 1_000.0)]
    assert [line.split()[0] for line in memory.lines(report)[1:]] == ["100,000", "1,000,000"]


def test_a_table_in_brief_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["scale", "--quick", "--write"])
    assert "not allowed with" in capsys.readouterr().err
