"""What ties the jobs of a saved result, in columns of their own beside the others that a job brings along."""

from typing import Any, Final

import numpy as np
import polars as pl

from onecenter.workload.ties import Ties, ties

Array = Any

#: Names of jobs that one comes after, by whether they must complete.
LISTS: Final = ("after", "after_ok")
SCHEMA: Final = pl.Schema(
    [
        *((f"job_{name}", pl.Int64()) for name in ("think", "array", "places")),
        *((f"job_{name}", pl.List(pl.Int64)) for name in LISTS),
    ]
)


def columns(tied: Ties, jobs: Array) -> pl.DataFrame:
    """Return what ties some jobs, a row each."""
    array = tied.array[jobs]
    places = np.append(tied.places, 0)[array]
    found: dict[str, Any] = {"job_think": tied.think[jobs], "job_array": array, "job_places": places}
    for ok, name in enumerate(LISTS):
        mine = tied.ok == ok
        first = np.searchsorted(tied.job[mine], [jobs, jobs + 1])
        others = tied.other[mine]
        found[f"job_{name}"] = [others[begin:end].tolist() for begin, end in first.T.tolist()]
    return pl.DataFrame(found, schema=SCHEMA)


def read(rows: pl.DataFrame) -> Ties:
    """Return what ties all jobs, given a row each; a ValueError refuses what cannot be."""
    count = rows.height
    think, array, places = (rows[f"job_{name}"].to_numpy() for name in ("think", "array", "places"))
    links = [_links(rows, ok) for ok in range(len(LISTS))]
    job, other, ok = (np.concatenate(each) for each in zip(*links, strict=True))
    if ((other < 0) | (other >= count)).any():
        raise ValueError("a job comes after one that there is not")
    limited = array >= 0
    most = places[limited][np.unique(array[limited], return_index=True)[1]]
    if (think < 0).any() or (array < -1).any() or (array >= len(most)).any() or (most < 1).any():
        raise ValueError("an array is not what one can be")
    return ties(think, array, most, job=job, other=other, ok=ok)


def _links(rows: pl.DataFrame, ok: int) -> tuple[Array, Array, Array]:
    """Return the links of one kind: who comes after, after whom, and whether that must complete."""
    name = f"job_{LISTS[ok]}"
    found = rows.select("job", name).filter(pl.col(name).list.len() > 0).explode(name)
    job, other = (found[column].to_numpy().astype(np.int64) for column in ("job", name))
    return job, other, np.full(len(job), ok)


def bytes_of(tied: Ties) -> bytes:
    """Return what is digested of ties."""
    parts = (tied.job, tied.other, tied.ok, tied.think, tied.array, tied.places)
    return b"".join(np.ascontiguousarray(part, "<i8").tobytes() for part in parts)
