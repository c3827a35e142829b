"""Results on disk: one Parquet file that any tool opens.

Its rows are those of the decision log. The row in which a job is submitted (or refused) also carries what the
job brought along, in the columns job_*; jobs that the run did not reach stand at the end with kind null. All
else is JSON in the file's key-value metadata, with the SHA-256 of the whole file beside it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from pydantic import ValidationError

from onecenter.errors import OnecenterError, ResultError
from onecenter.results import log as decisions
from onecenter.simulation import store_head, store_rows, store_seal, store_ties
from onecenter.simulation.record import Record
from onecenter.simulation.store_head import Head
from onecenter.system.atomic import replacing
from onecenter.system.inputs import local
from onecenter.workload.table import COLUMNS, Workload

KEY: Final = "onecenter"

#: Ends the sentence about a file that is not as it was saved.
AGAIN: Final = "run it again"


def save(record: Record, path: str | Path) -> Path:
    """Write a result to one file, whole or not at all, if it could be read again; return its path."""
    from polars.io.plugins import register_io_source

    target = Path(path)
    text = store_head.written(_head(record, str(path)))
    metadata = {KEY: text, store_seal.KEY: store_seal.BLANK}

    def source(
        with_columns: list[str] | None, predicate: Any, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        yield from store_rows.chunks(record)

    schema = store_rows.schema_of(record.workload.names is not None, record.workload.ties is not None)
    try:
        with replacing(target) as temporary:
            register_io_source(source, schema=schema).sink_parquet(temporary, metadata=metadata)
            store_seal.seal(temporary)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ResultError(str(path), [f"it cannot be written: {error}"]) from error
    return target


def _head(record: Record, source: str) -> Head:
    jobs = record.workload
    try:
        return Head(
            format=store_head.FORMAT,
            rows=len(record.decisions),
            jobs=len(jobs),
            rows_digest=decisions.digest(record.decisions),
            jobs_digest=_jobs_digest(jobs),
            platforms=jobs.platforms,
            streams=jobs.streams,
            named=jobs.names is not None,
            tied=jobs.ties is not None,
            sharing=jobs.sharing,
            **store_head.fields_of(record) | {"policy": record.policy.without_code},
        )
    except ValidationError as error:
        raise ResultError(source, [f"it cannot be saved: {each}" for each in store_head.mistakes_of(error)]) from error


def _jobs_digest(workload: Workload) -> str:
    total = hashlib.sha256()
    for name in COLUMNS:
        column = getattr(workload, name)
        for first in range(0, len(column), store_rows.CHUNK):
            part = column[first : first + store_rows.CHUNK]
            total.update(np.ascontiguousarray(part, dtype=part.dtype.newbyteorder("<")).tobytes())
    if workload.ties is not None:
        total.update(store_ties.bytes_of(workload.ties))
    return total.hexdigest()


def load(path: str | Path) -> dict[str, Any]:
    """Return the pieces of a saved result, by the names of the fields of `Record`."""
    source = str(path)
    head = _read_head(source)
    try:
        log, workload = store_rows.read(source, head)
    except (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ResultError(source, [f"damaged: {_first_line(error)}; {AGAIN}"]) from error
    found = (len(log), decisions.digest(log), _jobs_digest(workload))
    if found != (head.rows, head.rows_digest, head.jobs_digest):
        raise ResultError(source, [f"damaged: its rows are not those that were saved; {AGAIN}"])
    return {"decisions": log, "workload": workload, **head.of_record}


def origin_of(path: str | Path) -> dict[str, Any]:
    """Return the provenance of a saved result without reading its tables."""
    return dict(_read_head(str(path)).provenance)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]


def _read_head(source: str) -> Head:
    try:
        store_seal.check(source)
        return store_head.read(pl.read_parquet_metadata(local(source)).get(KEY, ""))
    except FileNotFoundError:
        raise ResultError(source, ["there is no such file"]) from None
    except OSError as error:
        raise ResultError(source, [f"cannot be read: {error.strerror or error}"]) from None
    except ValidationError as error:
        raise ResultError(source, [f"damaged: {each}" for each in store_head.mistakes_of(error)]) from error
    except OnecenterError as error:
        raise ResultError(source, [f"damaged: {error.source}: {each}" for each in error.mistakes]) from error
    except ValueError as error:
        raise ResultError(source, [str(error)]) from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ResultError(source, [f"damaged: {_first_line(error)}; {AGAIN}"]) from error
