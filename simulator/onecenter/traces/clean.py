"""The rules every format shares: what is left out, what is repaired, the order of jobs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onecenter.errors import TraceError

from .columns import Array, Mistakes
from .trace import (
    AGAIN,
    BEFORE,
    CUT,
    MAX_PROCESSORS,
    NO_PROCESSORS,
    NO_RUN,
    NO_WALLTIME,
    TOO_MANY,
    UNSORTED,
    Jobs,
    Quality,
    Trace,
    nonzero,
    numbered,
)

#: Times of all jobs one after the other may reach so far, so that no sum of the core overflows.
HORIZON = 2**62


@dataclass(frozen=True)
class Rows:
    """The rows of a file as a format reads them, one array a column (see `Jobs`).

    Attributes
    ----------
    submit, run, asked : int64 array
        ms; `asked` <= 0 where no walltime was asked.
    processors, user, line : int64 array
        As in `Jobs`.
    outcome : int8 array
        Codes of OUTCOMES.
    partition : array
        Any value a partition is known by.
    names : object array or None
        Job ids.
    left_out : mapping of str to bool array
        Rows that the format itself leaves out, by reason.
    repaired : mapping of str to bool array
        Rows that the format itself repaired, by what it did.
    """

    submit: Array
    run: Array
    asked: Array
    processors: Array
    user: Array
    line: Array
    outcome: Array
    partition: Array
    names: Array | None
    left_out: Mapping[str, Array]
    repaired: Mapping[str, Array]


def trace(
    mistakes: Mistakes,
    format_name: str,
    rows: Rows,
    header: Mapping[str, str],
    name_partitions: Callable[[Array], Sequence[str]],
) -> Trace:
    """Return the trace of a file's rows.

    Parameters
    ----------
    mistakes : Mistakes
        Those found so far; names the file.
    format_name : str
        Name of the format.
    rows : Rows
        The file's rows, in its order.
    header : mapping of str to str
        What the file says about itself.
    name_partitions : callable
        Gives the names of the sorted distinct values of `rows.partition`.

    Raises
    ------
    TraceError
        If there are mistakes, or no job can be used.
    """
    reasons = {
        **rows.left_out,
        NO_RUN: rows.run <= 0,
        NO_PROCESSORS: rows.processors <= 0,
        BEFORE: rows.submit < 0,
        TOO_MANY: rows.processors > MAX_PROCESSORS,
    }
    mistakes.check()
    used, left_out = _sieve(len(rows.submit), reasons)
    _some(mistakes.source, len(rows.submit), used, left_out)
    jobs, repaired, partitions = _jobs(rows, used)
    _short_enough(mistakes.source, jobs)
    quality = Quality(len(rows.submit), nonzero(left_out), nonzero(repaired))
    return Trace(mistakes.source, format_name, jobs, quality, header, tuple(name_partitions(partitions)))


def _sieve(count: int, reasons: Mapping[str, Array]) -> tuple[Array, dict[str, int]]:
    """Return the rows that stay and, a reason, how many it was the first to remove."""
    used = np.ones(count, bool)
    left_out = {}
    for reason, out in reasons.items():
        left_out[reason] = int((used & out).sum())
        used &= ~out
    return np.flatnonzero(used), left_out


def _jobs(rows: Rows, used: Array) -> tuple[Jobs, dict[str, int], Array]:
    submit = rows.submit[used]
    late = int((submit < np.maximum.accumulate(submit)).sum())
    names, again = (None, 0) if rows.names is None else _told_apart(rows.names[used])
    order = np.argsort(submit, kind="stable")
    used = used[order]
    run, asked = rows.run[used], rows.asked[used]
    walltime = np.where(asked > 0, asked, run)
    distinct, partition = numbered(rows.partition[used])
    jobs = Jobs(
        submit=rows.submit[used],
        run=np.minimum(run, walltime),
        walltime=walltime,
        processors=rows.processors[used],
        outcome=rows.outcome[used].astype(np.int8),
        partition=partition,
        user=rows.user[used],
        line=rows.line[used],
        names=None if names is None else tuple(names[place] for place in order.tolist()),
    )
    repaired = {reason: int(done[used].sum()) for reason, done in rows.repaired.items()}
    repaired |= {NO_WALLTIME: int((asked <= 0).sum()), CUT: int((run > walltime).sum())}
    repaired |= {UNSORTED: late, AGAIN: again}
    return jobs, repaired, distinct


def _told_apart(ids: Array) -> tuple[list[str], int]:
    """Return the job ids, one that comes again as "7#2", "7#3", …, and how many come again."""
    names = list(map(str, ids.tolist()))
    taken = set(names)
    again = len(names) - len(taken)
    if again == 0:
        return names, 0
    times: dict[str, int] = {}
    for place, name in enumerate(names):
        times[name] = time = times.get(name, 0) + 1
        if time > 1:
            while f"{name}#{time}" in taken:
                time += 1
            times[name], names[place] = time, f"{name}#{time}"
            taken.add(names[place])
    return names, again


def _some(source: str, count: int, used: Array, left_out: Mapping[str, int]) -> None:
    if count == 0:
        raise TraceError(source, ["holds no job: it ends behind its header"])
    if len(used) == 0:
        reasons = ", ".join(f"{number:,} with {reason}" for reason, number in left_out.items() if number)
        raise TraceError(source, [f"none of its {count:,} jobs can be used: {reasons}"])


def _short_enough(source: str, jobs: Jobs) -> None:
    total = float(jobs.submit[-1]) + float(jobs.walltime.sum(dtype=np.float64))
    if total > HORIZON:
        years = HORIZON / 1000 / 86400 / 365.25
        raise TraceError(source, [f"last submit and all walltimes together exceed {years:,.0f} years"])
