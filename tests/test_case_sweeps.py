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
    monkeypatch.setattr("onecenter.cli.sweeping.local", lambda workers: ThreadPoolExecutor(1))


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
