"""The rows of a saved result: the decision log, with what each job brought along where it is submitted.

A file may come from anybody: numbers that a run cannot have written would be indices beyond a table, or overflow.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from onecenter_kernels import schema

from onecenter.results import log as decisions
from onecenter.results import log_table
from onecenter.results.log import Array
from onecenter.results.segments import fates
from onecenter.results.window import LATEST
from onecenter.simulation import store_ties
from onecenter.simulation.record import Record
from onecenter.simulation.store_head import Head
from onecenter.system.inputs import local
from onecenter.workload.table import COLUMNS, Workload, workload
from onecenter.workload.ties import no_ties

#: Rows written at a time, so that saving needs little memory.
CHUNK: Final = 1 << 17

#: The submit is the time of the row.
JOB_COLUMNS: Final = tuple(name for name in COLUMNS if name != "submit")

#: Rows per byte of the file at most: each row has at least a job's number, of which no two submits share one.
DENSEST: Final = 16

INT32_MAX: Final = 2**31 - 1


def chunks(record: Record) -> Iterator[pl.DataFrame]:
    """Yield the rows of a file."""
    for first in range(0, len(record.decisions), CHUNK):
        yield _rows(record.decisions[first : first + CHUNK], record.workload)
    future = np.flatnonzero(record.fates.outcome == decisions.FUTURE)
    rows = decisions.submits(future, record.workload.submit[future])
    no_kind = pl.lit(None, log_table.KIND_TYPE).alias("kind")
    yield _rows(rows, record.workload).with_columns(no_kind)


def schema_of(named: bool, tied: bool) -> pl.Schema:
    """Return the columns and types of the rows, with names and ties of jobs or without."""
    columns: dict[str, Any] = dict.fromkeys(("submit", "run", "walltime", "accelerators"), ())
    nothing = workload(names=() if named else None, ties=no_ties(0) if tied else None, **columns)
    return _rows(np.zeros(0, decisions.LOG_DTYPE), nothing).schema


def _rows(log: Array, workload: Workload) -> pl.DataFrame:
    """Return rows of the log, with the job's own columns where it is submitted or refused."""
    frame = log_table.to_frame(log)
    first = decisions.arrivals(log)
    job = log["job"][first]
    columns = [_sparse(name, getattr(workload, name)[job], first) for name in JOB_COLUMNS]
    if workload.names is not None:
        columns.append(_sparse("name", np.asarray([workload.names[j] for j in job], object), first))
    if workload.ties is not None:
        place = _place(first)
        columns += [series.gather(place) for series in store_ties.columns(workload.ties, job)]
    return frame.with_columns(columns)


def _sparse(name: str, values: Array, where: Array) -> pl.Series:
    """Return a column that holds the values where the mask is true, null elsewhere."""
    kind = pl.String if values.dtype == object else None
    return pl.Series(f"job_{name}", values, kind).gather(_place(where))


def _place(where: Array) -> pl.Series:
    """Return the number of each row among those for which the mask is true, null elsewhere."""
    frame = pl.DataFrame({"place": np.cumsum(where) - 1, "where": where}).select(pl.when("where").then("place"))
    return frame.to_series()


def read(source: str, head: Head) -> tuple[Array, Workload]:
    """Return the decision log and the jobs; a ValueError refuses rows that do not belong to the head."""
    rows = pl.scan_parquet(local(source), glob=False)
    found, expected = dict(rows.collect_schema()), dict(schema_of(head.named, head.tied))
    wrong = [name for name in expected | found if found.get(name) != expected.get(name)]
    if wrong:
        raise ValueError(f"column {wrong[0]}: {found.get(wrong[0])}, {expected.get(wrong[0])} is expected")
    count = int(rows.select(pl.len()).collect().item())
    if count > min(head.rows + head.jobs, DENSEST * Path(source).stat().st_size):
        raise ValueError("there are more rows than were saved")
    jobs = _jobs(rows, head)
    of_log = rows.filter(pl.col("kind").is_not_null()).select(name for name, *_ in schema.LOG)
    log = log_table.from_frame(of_log.collect())
    _check_jobs(jobs, head)
    _check_log(log, head)
    return log, jobs


def _jobs(rows: pl.LazyFrame, head: Head) -> Workload:
    own = [f"job_{name}" for name in JOB_COLUMNS] + (["job_name"] if head.named else [])
    own += list(store_ties.SCHEMA) if head.tied else []
    jobs = rows.filter(pl.col("job_run").is_not_null()).select("t", "job", *own).sort("job").collect()
    if not np.array_equal(jobs["job"].to_numpy(), np.arange(jobs.height)) or jobs.height != head.jobs:
        raise ValueError("jobs are missing")
    empty = [name for name in jobs.columns if jobs[name].null_count()]
    if empty:
        raise ValueError(f"column {empty[0]}: a job lacks it")
    columns: dict[str, Any] = {name: jobs[f"job_{name}"].to_numpy() for name in JOB_COLUMNS}
    return Workload(
        submit=jobs["t"].to_numpy(),
        **columns,
        platforms=head.platforms,
        streams=head.streams,
        names=tuple(jobs["job_name"]) if head.named else None,
        ties=store_ties.read(jobs) if head.tied else None,
        sharing=head.sharing,
    )


def _check_jobs(jobs: Workload, head: Head) -> None:
    least = {"submit": 0, "patience": -1, "deadline": -1, "run": 1, "walltime": 1, "tasks": 1}
    for name in (*least, "memory", "accelerators", "cpus", "tenant"):
        _between(name, getattr(jobs, name), least.get(name, 0), LATEST)
    _between("spread", jobs.spread, 0, len(schema.SPREADS) - 1)
    _between("outcome", jobs.outcome, 0, len(schema.OUTCOMES) - 1)
    _between("platform", jobs.platform, 0, len(head.platforms) - 1)
    _between("stream", jobs.stream, 0, len(head.streams) - 1)
    for place in range(16):
        _between("types", jobs.types >> (4 * place) & 15, 0, len(head.fleet))


def _check_log(log: Array, head: Head) -> None:
    _between("t", log["t"], 0, max(head.until - 1, head.window.horizon))
    if (log["t"][1:] < log["t"][:-1]).any():
        raise ValueError("t: rising values are expected")
    limits, changes = log["kind"] == schema.E_LIMIT, log["kind"] == schema.E_CHANGE
    _between("job", log["job"][~limits & ~changes], 0, head.jobs - 1)
    _between("job of a limit", log["job"][limits], -1, -1)
    _between("job of a change", log["job"][changes], -1, -1)
    _between("amount of a change", log["amount"][changes], 0, len(head.sharing.changes if head.sharing else ()) - 1)
    _between("node", log["node"], -1, sum(kind.count for kind in head.fleet) - 1)
    _between("device", log["device"], -1, max((kind.accelerators for kind in head.fleet), default=0) - 1)
    _between("amount", log["amount"], 0, INT32_MAX)
    starts, ends = decisions.places(log), decisions.with_outcome(log)
    _between("node of a start", log["node"][starts], 0, INT32_MAX)
    _between("reason of an end", log["reason"][ends], 0, len(schema.ENDINGS) - 1)
    evictions = decisions.with_eviction(log)
    _between("reason of an eviction", log["reason"][evictions], 0, len(schema.EVICTIONS) - 1)
    _between("reason", log["reason"][~ends & ~evictions], 0, 0)
    fates(log, head.jobs)


def _between(name: str, values: Array, low: int, high: int) -> None:
    wrong = values[(values < low) | (values > high)]
    if len(wrong):
        raise ValueError(f"{name} = {wrong[0]}: {low} to {high} is expected")
