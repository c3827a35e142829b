"""Sweeps as an outside trial found them: what the folder holds, going on with more, other tools."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

import onecenter as oc
from onecenter.cli.main import main

COUNT, SCALE = "center.nodes.server.count", "platforms.queue.demand.customers.scale"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run sweeps in this process, since a pool of others takes seconds to start."""
    monkeypatch.setattr("onecenter.cli.sweeping.local", lambda *_: ThreadPoolExecutor(1))


def swept(folder: Path, counts: str, *more: str) -> int:
    """Return the status of a sweep of six hours of the textbook queue."""
    short = ["--set", "time.horizon=6 h", "--set", "time.warmup=1 ms"]
    vary = ["--vary", f"{COUNT}={counts}", "--vary", f"{SCALE}=1"]
    return main(["sweep", "mm-c", *short, *vary, "--out", str(folder), *more])


def read(reader: str, folder: Path) -> pl.DataFrame:
    """Return the folder as another tool reads it, as docs/how-to.md says."""
    if reader == "pandas":
        return pl.from_pandas(pytest.importorskip("pandas").read_parquet(folder))
    if reader == "pyarrow":
        found = pl.from_arrow(pytest.importorskip("pyarrow.dataset").dataset(folder).to_table())
        assert isinstance(found, pl.DataFrame)
        return found
    return pl.read_parquet(folder)


#: Of ten jobs seven ask for more than the center has; the first two run at once, the third waits an hour.
TOO_LARGE = """
[time]
start = "2026-03-02T00:00:00+08:00"
horizon = "4 h"
warmup = "0 h"
[center.nodes.small]
count = 2
accelerators = 1
[platforms.queue]
wait = { p50 = "30 min" }
[platforms.queue.demand.listed]
node_types = ["small"]
jobs = [%s]
"""


@pytest.mark.case("1.2")
def test_refused_jobs_are_in_the_rows_of_a_sweep(tmp_path: Path) -> None:
    sizes = [1] * 3 + [2] * 7
    jobs = ", ".join(f'{{ submit = "0 min", run_time = "1 h", accelerators = {size} }}' for size in sizes)
    (tmp_path / "ours.toml").write_text(TOO_LARGE % jobs, encoding="utf-8")
    vary = ["--vary", "center.nodes.small.count=2,3"]
    assert main(["sweep", str(tmp_path / "ours.toml"), *vary, "--out", str(tmp_path / "s")]) == 0
    table = pl.read_parquet(tmp_path / "s" / "*.parquet").sort("center.nodes.small.count")
    names = ("submitted", "in_time", "late", "refused", "cancelled_waiting", "open", "started")
    for part in ("queue", "center"):
        found = table.select(f"{part}.{name}" for name in names).rows()
        assert found == [(10, 2, 1, 7, 0, 0, 3), (10, 3, 0, 7, 0, 0, 3)]
        assert table[f"{part}.wait_p50_s"].to_list() == table[f"{part}.wait_mean_high_s"].to_list() == [None, None]
        # One hour of ten jobs, the others as far as seen.
        assert table[f"{part}.wait_mean_low_s"].to_list() == [360.0, 0.0]
        assert table[f"{part}.wait_mean_started_s"].to_list() == [1200.0, 0.0]


@pytest.mark.case("9.7")
def test_a_sweep_holds_its_scenario_and_the_versions(tmp_path: Path) -> None:
    assert swept(tmp_path / "s", "6") == 0
    run = oc.run("mm-c", set=["time.horizon=6 h", "time.warmup=1 ms"])
    found = json.dumps([pl.read_parquet_metadata(path) for path in (tmp_path / "s").glob("*.parquet")])
    for text in (run.provenance["scenario_hash"], run.provenance["kernel_hash"], "textbook queue", pl.__version__):
        assert text in found


@pytest.mark.case("9.8")
def test_a_sweep_goes_on_with_more_points_and_replications(tmp_path: Path) -> None:
    assert swept(tmp_path / "part", "6", "-n", "1") == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "part").glob("*.parquet") if path.name[0] != "_"}
    assert swept(tmp_path / "part", "6", "-n", "2", "--resume") == 0
    assert swept(tmp_path / "part", "7", "-n", "1", "--resume") == 0
    assert swept(tmp_path / "part", "6,7", "-n", "2", "--resume") == 0
    assert before.items() <= {path.name: path.read_bytes() for path in (tmp_path / "part").glob("*.parquet")}.items()
    assert swept(tmp_path / "whole", "6,7", "-n", "2") == 0
    part, whole = (pl.read_parquet(tmp_path / name / "*.parquet").sort("run") for name in ("part", "whole"))
    assert part.equals(whole) and whole.height == 4


@pytest.mark.case("9.9")
@pytest.mark.parametrize("reader", ["polars", "pandas", "pyarrow"])
def test_the_folder_is_one_table(tmp_path: Path, reader: str) -> None:
    assert swept(tmp_path / "s", "6,7,8") == 0
    table = read(reader, tmp_path / "s").sort(COUNT)
    assert table[COUNT].to_list() == [6, 7, 8]
    assert table[SCALE].to_list() == [1.0, 1.0, 1.0]
    assert table["error"].to_list() == [None] * 3
    assert table["center.submitted"].dtype == pl.Int64
