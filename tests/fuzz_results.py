"""Saved results that are damaged, or that somebody has edited: each is refused, or can be used in full."""

import json
import random
from pathlib import Path
from typing import Any

import polars as pl
from fuzz import edited as edit
from hand import FLEET, HORIZON, WARMUP, small_run
from shared_center import raw_of

import onecenter as oc
from onecenter.policies import Policy
from onecenter.report.page import page
from onecenter.report.subject import subject_of
from onecenter.results import log as decisions
from onecenter.results import log_table
from onecenter.results.targets import Target
from onecenter.results.window import Window
from onecenter.scenario import from_dict
from onecenter.simulation import provenance, store, store_rows, store_seal
from onecenter.simulation.result import Result
from onecenter.workload.table import Workload

#: One in so many results is also drawn and reported, which takes a hundred times as long.
DRAWN = 40

SWF = "; Queue: 1 batch\n; Queue: 2 test\n" + "".join(
    f"{i} {10 * i} -1 {20 + i} {1 + i % 3} -1 -1 2 60 -1 {i % 2} 1 1 -1 {1 + i % 2} -1 -1 -1\n" for i in range(1, 20)
)

#: x holds more than its own until y evicts it.
EVICTING = raw_of(
    """
    center.nodes.n = { count = 2, accelerators = 3 }
    platforms.x = { quota = { nominal = { n = 2 } } }
    platforms.y = { tier = 1, quota = { nominal = { n = 2 }, lending_limit = { n = 0 } } }
    platforms.z = { quota = { nominal = { n = 2 } } }
    policy = { preemption = "tier" }
    """,
    "A x 0 6 2 tasks=2 walltime=12\nB y 5 2 2",
)


def by_hand() -> Result:
    """Return a small run with every fate of a job."""
    log, jobs = small_run()
    return Result(
        decisions=log,
        workload=jobs,
        fleet=FLEET,
        policy=Policy(backfill="none"),
        window=Window(WARMUP * 1_000, HORIZON * 1_000),
        until=HORIZON * 1_000,
        targets={"a": (Target("wait", 95.0, 180_000), Target("expansion", 95.0, 2.2, 1_000, 8_000))},
        labels={"a": {"en": "Talent <training>", "zh": "产业技能人才培养平台"}},
        provenance=provenance.describe("small", 7, None),
        stride="event",
        seconds=0.25,
    )


def _bases(folder: Path) -> list[Path]:
    """Return good results: one by hand, runs of scenarios, in one of which jobs are evicted, the replay of a log."""
    paths = [folder / f"base{i}.parquet" for i in range(4)]
    if not paths[-1].exists():
        log = folder / "log.swf"
        log.write_text(SWF, encoding="utf-8")
        made = (by_hand(), oc.run("tiny"), oc.replay(log, processors=4, warmup="20 s"), oc.run(from_dict(EVICTING)))
        for result, path in zip(made, paths, strict=True):
            result.save(path)
    return paths


def edited(seed: int, folder: Path) -> None:
    """Use a result whose head, and sometimes a column, was edited and signed again."""
    chance = random.Random(seed)
    base = chance.choice(_bases(folder))
    metadata, rows = pl.read_parquet_metadata(base), pl.read_parquet(base)
    head = json.loads(metadata[store.KEY])
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        key = chance.choice(list(head))
        head[key] = edit(head[key], chance)
    if chance.random() < 0.1:
        head = edit(head, chance)
    if chance.random() < 0.3:
        rows = _column_edited(rows, chance)
        if isinstance(head, dict):
            _signed_rows(rows, head)
    path = folder / "edited.parquet"
    text = json.dumps(head, ensure_ascii=chance.random() < 0.5).encode("utf-8", "replace").decode()
    rows.write_parquet(path, metadata={store.KEY: text, store_seal.KEY: store_seal.BLANK})
    store_seal.seal(path)
    use(path, drawn=seed % DRAWN == 0)


def _column_edited(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
    """Return rows with one value, or the type of a column, changed."""
    name = chance.choice([name for name, kind in rows.schema.items() if kind.is_integer()])
    kind = rows.schema[name]
    low, high = (int(pl.select(bound).item()) for bound in (kind.min(), kind.max()))
    value = chance.choice((low, high, -2, -1, 0, 1, 2, 100, low // 2, high // 2))
    place = chance.randrange(rows.height)
    if chance.random() < 0.15:
        other = chance.choice((pl.Int64, pl.Float64, pl.String, pl.Int8))
        return rows.with_columns(pl.col(name).cast(other, strict=False))
    if chance.random() < 0.15:
        return chance.choice((rows.reverse(), rows.head(place), rows.drop(name), pl.concat([rows, rows])))
    changed = pl.when(pl.int_range(pl.len()) == place).then(pl.lit(value, kind)).otherwise(pl.col(name))
    return rows.with_columns(changed.alias(name))


def _signed_rows(rows: pl.DataFrame, head: dict[str, Any]) -> None:
    """Write the digests of edited rows into the head, as far as they can be read at all."""
    try:
        log = log_table.from_frame(rows.filter(pl.col("kind").is_not_null()))
        jobs = rows.filter(pl.col("job_run").is_not_null()).sort("job")
        columns = {name: jobs[f"job_{name}"].to_numpy() for name in store_rows.JOB_COLUMNS}
        workload = Workload(submit=jobs["t"].to_numpy(), **columns, platforms=(), streams=())
        head |= {"rows": len(log), "jobs": jobs.height, "rows_digest": decisions.digest(log)}
        head["jobs_digest"] = store._jobs_digest(workload)
    except (pl.exceptions.PolarsError, ValueError, TypeError):
        return


def damaged(seed: int, folder: Path) -> None:
    """Use a result of which some bytes were changed, cut out, repeated or moved."""
    chance = random.Random(seed)
    data = bytearray(chance.choice(_bases(folder)).read_bytes())
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        place, length = chance.randrange(len(data)), chance.choice((1, 4, 50, 500))
        match chance.randrange(6):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place : place + length] = chance.randbytes(length)
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[place // 2 : place // 2 + length]
            case 4:
                data[place : place + length] = bytes(length)
            case 5:
                del data[place:]
        if not data:
            break
    path = folder / "damaged.parquet"
    path.write_bytes(data)
    use(path, drawn=seed % DRAWN == 0)


def use(path: Path, drawn: bool) -> None:
    """Read a result and ask for everything that it has."""
    result = Result.load(path)
    summary = result.summary()
    json.dumps(summary)
    tables = ("jobs", "nodes", "series", "platforms", "reasons", "job_reasons", "log", "capacity", "shares", "usage")
    for name in tables:
        assert getattr(result, name).width > 0
    assert repr(result) and result._repr_html_()
    if drawn:
        page([subject_of(result, "fuzz")], None, "zh")
