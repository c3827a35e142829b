"""Saved results that somebody has edited and signed again: refused with the place and the value, or of use."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import onecenter as oc
from onecenter.errors import ResultError
from onecenter.simulation.result import Result

#: Where in the head, and what is written there.
EDITS: list[tuple[str, Any]] = [
    ("format", "2"), ("format", None), ("rows", "13"), ("rows", -1), ("jobs", 10**9), ("jobs", None), ("jobs", 6.5),
    ("platforms", []), ("platforms", ["talent", "talent"]), ("platforms", "ab"), ("platforms", [1, 2]),
    ("streams", ["x"]), ("named", 1), ("named", True),
    ("fleet", []), ("fleet", {}), ("fleet.0.count", "2"), ("fleet.0.count", -2), ("fleet.0.count", 10**15),
    ("fleet.0.count", 1.5), ("fleet.0.count", 1), ("fleet.0.accelerators", None), ("fleet.0.accelerators", 10**9),
    ("fleet.0.nodes_per_rack", 0), ("fleet.0.name", 3), ("fleet.0.full_power", "1 kW"), ("fleet.0.depth", 3),
    ("policy.order", "lifo"), ("policy.depth", -1), ("policy.max_age", "7 d"), ("policy", "easy"),
    ("window.warmup", "0 s"), ("window.warmup", 10**9), ("window.horizon", None), ("window.horizon", -5),
    ("window.horizon", 10**30), ("window", [0, 1]),
    ("targets", []), ("targets.talent", {}), ("targets.nobody", []), ("targets.talent.0.percentile", 0),
    ("targets.talent.0.percentile", 100), ("targets.talent.0.percentile", "95"), ("targets.talent.0.limit", None),
    ("targets.talent.0.limit", -1), ("targets.talent.0.kind", "weight"), ("targets.talent.0.above", "8"),
    ("labels", {"talent": None}), ("labels", {"nobody": {}}), ("labels", {"talent": {"en": 3}}),
    ("provenance", "tiny"), ("provenance.name", [1]), ("provenance.seed", "7"), ("provenance.versions", 3),
    ("stride", "week"), ("stride", 3), ("seconds", -1), ("seconds", "fast"), ("seconds", float("nan")),
]  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a saved result."""
    return oc.run("tiny").save(tmp_path_factory.mktemp("saved") / "tiny.parquet")


def signed(path: Path, rows: pl.DataFrame, head: dict[str, Any]) -> None:
    """Write rows and head as a whole result, whatever way this code signs one."""
    text = json.dumps(head)
    try:
        from onecenter.simulation import store_seal
    except ImportError:
        sign = hashlib.sha256(text.encode()).hexdigest()
        rows.write_parquet(path, metadata={"onecenter": text, "onecenter.sha256": sign})
        return
    rows.write_parquet(path, metadata={"onecenter": text, store_seal.KEY: store_seal.BLANK})
    store_seal.seal(path)


def with_edit(head: Any, place: str, value: Any) -> None:
    """Write a value at a place of the head."""
    *parents, last = place.split(".")
    for part in parents:
        head = head[int(part) if isinstance(head, list) else part]
    head[int(last) if isinstance(head, list) else last] = value


def used(path: Path) -> None:
    """Read a result and ask for all that it has."""
    result = Result.load(path)
    json.dumps(result.summary())
    for name in ("jobs", "nodes", "series", "platforms", "reasons", "job_reasons", "log"):
        assert getattr(result, name).width > 0
    assert result._repr_html_()


def head_of(path: Path) -> dict[str, Any]:
    """Return what a result says beside its rows."""
    head: dict[str, Any] = json.loads(pl.read_parquet_metadata(path)["onecenter"])
    return head


@pytest.mark.case("7.11-1")
def test_an_edited_head_is_refused(tiny: Path, tmp_path: Path) -> None:
    rows, path = pl.read_parquet(tiny), tmp_path / "edited.parquet"
    signed(path, rows, head_of(tiny))
    used(path)
    for place, value in EDITS:
        head = head_of(tiny)
        with_edit(head, place, value)
        signed(path, rows, head)
        with pytest.raises(ResultError) as caught:
            used(path)
        assert caught.value.source == str(path), place


@pytest.mark.case("7.11-2")
def test_the_place_and_the_value_are_told(tiny: Path, tmp_path: Path) -> None:
    head, path = head_of(tiny), tmp_path / "edited.parquet"
    for place, value in (("jobs", "six"), ("labels", [1]), ("stride", "week"), ("targets", {"talent": 3})):
        with_edit(head, place, value)
    signed(path, pl.read_parquet(tiny), head)
    with pytest.raises(ResultError) as caught:
        Result.load(path)
    found = [mistake.partition(": ")[2].partition(":")[0] for mistake in caught.value.mistakes]
    assert found == ["jobs = 'six'", "targets.talent = 3", "labels = [1]", "stride = 'week'"]


@pytest.mark.case("7.11-3")
@pytest.mark.parametrize(
    ("column", "value"),
    [("job", 6), ("job", -1), ("node", 2), ("node", -2), ("device", 4), ("t", -1), ("amount", -1), ("t", 2**62)],
)
def test_an_edited_row_is_refused(tiny: Path, tmp_path: Path, column: str, value: int) -> None:
    from onecenter.results import log as decisions
    from onecenter.results import log_table

    rows, head, path = pl.read_parquet(tiny), head_of(tiny), tmp_path / "edited.parquet"
    kind = rows.schema[column]
    is_start = pl.col("kind") == "start"
    changed = pl.when(is_start).then(pl.lit(value, kind)).otherwise(pl.col(column)).alias(column)
    rows = rows.with_columns(changed)
    digest = decisions.digest(log_table.from_frame(rows))
    head |= {name: digest for name in ("log_digest", "rows_digest") if name in head}
    signed(path, rows, head)
    with pytest.raises(ResultError, match=r"is expected; run it again|rising values are expected"):
        used(path)


@pytest.mark.case("7.11-4")
def test_damage_is_found_before_the_file_is_parsed(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    data, path = tiny.read_bytes(), tmp_path / "damaged.parquet"
    for name in ("read_parquet_metadata", "scan_parquet", "read_parquet"):
        monkeypatch.setattr(pl, name, parse)
    for place in range(0, len(data), 97):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(ResultError, match=r"damaged|not a whole Parquet file"):
            Result.load(path)


@pytest.mark.case("7.11-5")
def test_a_file_whose_name_is_a_pattern_or_an_address(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a*.parquet", "[ab].parquet", "?.parquet", "file:x.parquet", "s3:x.parquet", "%20.parquet"):
        path = Path(name)
        path.write_bytes(tiny.read_bytes())
        used(path)
