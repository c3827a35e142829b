import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hand import FLEET, HORIZON, WARMUP, log_of, small_run
from onecenter_kernels.jit import kernel_hash

from onecenter.errors import ResultError
from onecenter.policies import Policy
from onecenter.results.targets import Target
from onecenter.results.window import Window
from onecenter.simulation import provenance, store, store_rows, store_seal
from onecenter.simulation.result import Result
from onecenter.workload.table import COLUMNS


def small_result(**changes: Any) -> Result:
    log, jobs = small_run()
    result = Result(
        decisions=log,
        workload=jobs,
        fleet=FLEET,
        policy=Policy(backfill="none"),
        window=Window(WARMUP * 1_000, HORIZON * 1_000),
        until=HORIZON * 1_000,
        targets={"a": (Target("wait", 95.0, 180_000), Target("expansion", 95.0, 2.2, 1_000, 8_000))},
        labels={"a": {"en": "Talent <training>", "zh": "产业技能人才培养平台"}},
        provenance=provenance.describe("small", 7, {"title": "klein", "time": {"horizon": 100}}),
        stride="event",
        seconds=0.25,
    )
    return replace(result, **changes)


def same(one: Result, other: Result) -> None:
    assert (one.decisions == other.decisions).all()
    assert one.decisions.dtype == other.decisions.dtype
    for name in COLUMNS:
        mine, theirs = getattr(one.workload, name), getattr(other.workload, name)
        assert mine.dtype == theirs.dtype
        assert (mine == theirs).all()
    for name in ("platforms", "streams", "names"):
        assert getattr(one.workload, name) == getattr(other.workload, name)
    for name in ("fleet", "policy", "window", "until", "targets", "labels", "provenance", "stride", "seconds"):
        assert getattr(one, name) == getattr(other, name)
    assert one.summary() == other.summary()
    for name in ("jobs", "platforms", "nodes", "series", "log", "reasons"):
        assert getattr(one, name).equals(getattr(other, name))


def test_summary() -> None:
    result = small_result()
    summary = result.summary()
    assert list(summary) == [
        "scenario", "seed", "set", "policy", "stride", "log_digest", "jobs_per_s", "window_s", "center",
        "platforms",
    ]  # fmt: skip
    assert (summary["scenario"], summary["seed"], summary["stride"]) == ("small", 7, "event")
    assert summary["jobs_per_s"] == 9 / 0.25
    assert summary["window_s"] == {"warmup": 10, "horizon": 100, "until": 100, "origin": 0}
    assert list(summary["platforms"]) == ["a", "b"]
    assert summary["platforms"]["b"]["meets_target"] is None
    assert json.loads(json.dumps(summary)) == summary


def test_tables_are_made_once() -> None:
    result = small_result()
    assert result.jobs is result.jobs
    assert result.platforms.height == 2
    assert result.platforms["wait_p50_s"].to_list() == [10, 10]
    assert result.platforms["wait_p95_low_s"].to_list() == [None, 25]
    assert result.platforms["open"].to_list() == [0, 1]
    assert result.platforms["bounded_slowdown_mean_low"].to_list() == pytest.approx([1.45, (2.9 + 1 + 7 / 6 + 1.8) / 4])
    assert result.platforms.schema["wait_mean_high_s"] == pl.Float64
    assert result.platforms.schema["meets_target"] == pl.Boolean
    assert result.platforms.schema["on_time"] == pl.Float64


def test_provenance() -> None:
    found = small_result().provenance
    assert set(found["versions"]) == {"python", "onecenter", "numpy", "numba", "simpy", "polars"}
    assert found["versions"]["numpy"] == np.__version__
    assert found["kernel_hash"] == kernel_hash()
    assert found["scenario_hash"] == provenance.hash_of({"time": {"horizon": 100}, "title": "klein"})
    assert found["scenario_hash"] != provenance.hash_of({"time": {"horizon": 101}, "title": "klein"})
    assert provenance.describe("log", None, None)["scenario_hash"] is None


def test_html() -> None:
    page = small_result()._repr_html_()
    assert "Talent &lt;training&gt;" in page
    assert "<training>" not in page
    assert page.count("<tr>") == 4
    assert "log " + small_result().log_digest[:12] in page


def test_round_trip(tmp_path: Path) -> None:
    result = small_result()
    assert result.save(tmp_path / "r.parquet") == tmp_path / "r.parquet"
    same(result, Result.load(tmp_path / "r.parquet"))
    assert [path.name for path in tmp_path.iterdir()] == ["r.parquet"]


def test_round_trip_with_names_and_jobs_that_were_not_reached(tmp_path: Path) -> None:
    log, jobs = small_run()
    names = ("one", "zwei", "三", "4", "", "6", "7", "8", "9")
    result = small_result(decisions=log[log["t"] < 44_000], workload=replace(jobs, names=names))
    result.save(tmp_path / "r.parquet")
    same(result, Result.load(tmp_path / "r.parquet"))


def test_round_trip_of_jobs_posted_out_of_order(tmp_path: Path) -> None:
    _, jobs = small_run()
    # A job that a process posts has a higher number than those that are still to come.
    posted = log_of([(0, "submit", 0), (12, "submit", 2), (13, "submit", 1)])
    later = replace(jobs, submit=np.where(jobs.submit == 10_000, 13_000, jobs.submit))
    result = small_result(decisions=posted, workload=later)
    result.save(tmp_path / "r.parquet")
    same(result, Result.load(tmp_path / "r.parquet"))


def test_round_trip_of_nothing(tmp_path: Path) -> None:
    log, jobs = small_run()
    result = small_result(decisions=log[:0], workload=jobs.take(np.zeros(len(jobs), bool)))
    result.save(tmp_path / "r.parquet")
    same(result, Result.load(tmp_path / "r.parquet"))


def test_rows_are_written_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_rows, "CHUNK", 4)
    small_result().save(tmp_path / "r.parquet")
    monkeypatch.undo()
    same(small_result(), Result.load(tmp_path / "r.parquet"))


def test_any_tool_reads_the_log(tmp_path: Path) -> None:
    small_result().save(tmp_path / "r.parquet")
    table = pl.read_parquet(tmp_path / "r.parquet")
    assert table.filter(pl.col("kind") == "start").height == 9
    first = table.row(0, named=True)
    assert (first["job_run"], first["job_platform"], first["kind"]) == (20_000, 0, "submit")
    assert table.filter(~pl.col("kind").is_in(["submit", "refuse"]))["job_run"].null_count() == table.height - 9


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.parquet"
    small_result().save(path)
    before = path.read_bytes()

    def fail(source: Path, target: Path) -> None:
        assert source.parent == target.parent
        assert len(source.read_bytes()) > 0
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(ResultError, match=r"cannot be written: disk full"):
        small_result(seconds=9.0).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["r.parquet"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be written"):
        small_result().save(tmp_path / "none" / "r.parquet")


def _saved(path: Path) -> tuple[pl.DataFrame, str]:
    """Save a result; return its rows and its head."""
    small_result().save(path)
    return pl.read_parquet(path), pl.read_parquet_metadata(path)[store.KEY]


def _written(path: Path, rows: pl.DataFrame, head: str) -> None:
    """Write rows and a head as a result is written, sealed."""
    rows.write_parquet(path, metadata={store.KEY: head, store_seal.KEY: store_seal.BLANK})
    store_seal.seal(path)


def _missing(path: Path) -> None:
    assert not path.exists()


def _folder(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("job,start\n1,2\n", encoding="utf-8")


def _cut(path: Path) -> None:
    _saved(path)
    path.write_bytes(path.read_bytes()[:-200])


def _headless(path: Path) -> None:
    _saved(path)
    path.write_bytes(path.read_bytes()[200:])


def _foreign(path: Path) -> None:
    pl.DataFrame({"x": [1]}).write_parquet(path)


def _newer(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows, head.replace('"format": 4', '"format": 5'))


def _older(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows, head.replace('"format": 4', '"format": 2'))


def _edited(path: Path) -> None:
    _saved(path)
    path.write_bytes(path.read_bytes().replace(b'"seconds": 0.25', b'"seconds": 0.01'))


def _resaved(path: Path) -> None:
    rows, _ = _saved(path)
    rows.write_parquet(path)


def _fewer_rows(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows.head(12), head)


def _other_value(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows.with_columns(node=pl.col("node").replace(1, 0)), head)


def _other_job(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows.with_columns(job_run=pl.col("job_run") + 1), head)


def _no_column(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows.drop("device"), head)


def _other_type(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows.with_columns(pl.col("kind").cast(pl.String)), head)


def _no_policy(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows, head.replace('"fifo"', '"lifo"'))


def _no_fleet(path: Path) -> None:
    rows, head = _saved(path)
    _written(path, rows, head.replace('"fleet"', '"fleets"'))


BROKEN = [
    (_missing, "no such file"),
    (_folder, "a folder; a regular file is expected"),
    (_empty, "not a whole Parquet file"),
    (_text, "not a whole Parquet file"),
    (_cut, "not a whole Parquet file"),
    (_headless, "not a whole Parquet file"),
    (_foreign, "not a result saved by onecenter"),
    (_newer, "format 5: this onecenter reads format 4"),
    (_older, "format 2: this onecenter reads format 4; run it again"),
    (_edited, "it is not as it was saved"),
    (_resaved, "not a result saved by onecenter"),
    (_fewer_rows, "jobs are missing"),
    (_other_value, "its rows are not those that were saved"),
    (_other_job, "its rows are not those that were saved"),
    (_no_column, "device"),
    (_other_type, "damaged"),
    (_no_policy, "lifo"),
    (_no_fleet, "fleet"),
]


@pytest.mark.parametrize(("spoil", "message"), BROKEN, ids=[spoil.__name__ for spoil, _ in BROKEN])
def test_broken_files(tmp_path: Path, spoil: Any, message: str) -> None:
    path = tmp_path / "r.parquet"
    spoil(path)
    with pytest.raises(ResultError, match=message) as caught:
        Result.load(path)
    assert caught.value.source == str(path)


@pytest.mark.parametrize("place", range(0, 40))
def test_a_flipped_bit_is_found_or_harmless(tmp_path: Path, place: int) -> None:
    path = tmp_path / "r.parquet"
    small_result().save(path)
    whole = bytearray(path.read_bytes())
    whole[place * len(whole) // 40] ^= 1 << (place % 8)
    path.write_bytes(whole)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Result.load(path)
    except ResultError:
        return
    same(small_result(), found)
