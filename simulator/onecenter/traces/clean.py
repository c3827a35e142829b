"""The rules every format shares: what is left out, what is repaired, the order of jobs."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from onecenter.errors import TraceError

from .columns import Mistakes
from .trace import MAX_PROCESSORS, Array, Finding, Jobs, Quality, Trace, nonzero, numbered

#: How the role of a column begins that is kept as it is.
MORE = "column "

#: Times of all jobs one after the other may reach so far, so that no sum of the core overflows.
HORIZON = 2**62


def trace(
    mistakes: Mistakes,
    format_name: str,
    columns: Mapping[str, Array],
    left_out: Mapping[str, Array],
    repaired: Mapping[str, Array],
    header: Mapping[str, str],
    name_partitions: Callable[[Array], Sequence[str]],
) -> Trace:
    """Return the trace of a file's rows.

    Columns are by role, in the file's order: submit, run and asked (ms; <= 0: no walltime was asked), processors, user,
    line, outcome (code of OUTCOMES), partition (any value that it is known by), and where there are any names (job
    ids), linked (whether a job names a preceding one), preceding and think (ms) where that is to be kept, and further
    columns, whose roles begin with MORE. `left_out` and
    `repaired` are rows, by reason, that the format itself leaves out or repaired. `name_partitions` gives the names of
    the sorted distinct values of the partitions.
    """
    reasons = {
        **left_out,
        Finding.NO_RUN: columns["run"] <= 0,
        Finding.NO_PROCESSORS: columns["processors"] <= 0,
        Finding.BEFORE: columns["submit"] < 0,
        Finding.TOO_MANY: columns["processors"] > MAX_PROCESSORS,
    }
    mistakes.check()
    count = len(columns["submit"])
    used, out = _sieve(count, reasons)
    _some(mistakes.source, count, used, out)
    jobs, mended, partitions = _jobs(columns, repaired, used)
    _short_enough(mistakes.source, jobs)
    linked = {Finding.LINKED: int(columns["linked"][used].sum())} if "linked" in columns else {}
    if jobs.preceding is not None:
        linked = {Finding.UNKNOWN: linked[Finding.LINKED] - int((jobs.preceding >= 0).sum())}
    quality = Quality(count, nonzero(out), nonzero(mended), ignored=nonzero(linked))
    return Trace(mistakes.source, format_name, jobs, quality, header, tuple(name_partitions(partitions)))


def _sieve(count: int, reasons: Mapping[str, Array]) -> tuple[Array, dict[str, int]]:
    """Return the rows that stay and, a reason, how many it was the first to remove."""
    used = np.ones(count, bool)
    left_out = {}
    for reason, out in reasons.items():
        left_out[reason] = int((used & out).sum())
        used &= ~out
    return np.flatnonzero(used), left_out


def _jobs(columns: Mapping[str, Array], mended: Mapping[str, Array], used: Array) -> tuple[Jobs, dict[str, int], Array]:
    submit = columns["submit"][used]
    late = int((submit < np.maximum.accumulate(submit)).sum())
    names, again = _told_apart(columns["names"][used]) if "names" in columns else (None, 0)
    order = np.argsort(submit, kind="stable")
    rows = {name: values[used[order]] for name, values in columns.items()}
    more = {name.removeprefix(MORE): values for name, values in rows.items() if name.startswith(MORE)}
    run, asked = rows["run"], rows["asked"]
    walltime = np.where(asked > 0, asked, run)
    distinct, partition = numbered(rows["partition"])
    jobs = Jobs(
        **{name: rows[name] for name in ("submit", "processors", "user", "line")},
        run=np.minimum(run, walltime),
        walltime=walltime,
        outcome=rows["outcome"].astype(np.int8),
        partition=partition,
        names=None if names is None else tuple(names[place] for place in order.tolist()),
        more=more,
        **_linked(rows),
    )
    repaired = {reason: int(done[used].sum()) for reason, done in mended.items()}
    repaired |= {Finding.NO_WALLTIME: int((asked <= 0).sum()), Finding.CUT: int((run > walltime).sum())}
    return jobs, repaired | {Finding.UNSORTED: late, Finding.AGAIN: again}, distinct


def _linked(rows: Mapping[str, Array]) -> dict[str, Array]:
    """Return the row that each row comes after, the last before it with that number, and the think times."""
    if "preceding" not in rows:
        return {}
    last: dict[int, int] = {}
    found = []
    for row, (number, before) in enumerate(zip(rows["names"].tolist(), rows["preceding"].tolist(), strict=True)):
        found.append(last.get(before, -1))
        last[number] = row
    preceding = np.where(rows["preceding"] > 0, np.array(found, np.int64), -1)
    return {"preceding": preceding, "think": np.where(preceding >= 0, np.maximum(rows["think"], 0), 0)}


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
