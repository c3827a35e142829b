"""The figures of a run: of each platform and of the center."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from onecenter.fleet import NodeType, accelerators_of
from onecenter.results.backlog import queue_grows
from onecenter.results.log import ENDED, FATES, OVER, REQUEUED, RUNNING, WAITING, Array
from onecenter.results.seen import Seen, seen, submitted_in
from onecenter.results.segments import Fates
from onecenter.results.targets import PLACES, Target, judge, meets, tally
from onecenter.results.waits import waits_again
from onecenter.results.window import Window
from onecenter.statistics.sample import Bracket, bracketed, described
from onecenter.units import HOUR, THOUSAND
from onecenter.workload.table import Workload

Figures = dict[str, Any]

PERCENTILES: Final = (50, 95, 99)

#: Figures that count jobs.
COUNTS: Final = (
    "submitted",
    *PLACES,
    "started",
    "ended",
    *(FATES[code] for code in (*ENDED, RUNNING, WAITING)),
    "unfinished",
    "waiting_at_horizon",
)


def platform_figures(
    workload: Workload,
    fate: Fates,
    fleet: Sequence[NodeType],
    window: Window,
    until: int,
    targets: Mapping[str, Sequence[Target]],
) -> dict[str, Figures]:
    """Return the figures of each platform by name; see `figures` for the arguments."""
    return {
        name: figures(workload, fate, fleet, window, until, targets.get(name, ()), workload.platform == index)
        for index, name in enumerate(workload.platforms)
    }


def center_figures(
    workload: Workload,
    fate: Fates,
    fleet: Sequence[NodeType],
    window: Window,
    until: int,
    platforms: Mapping[str, Figures],
) -> Figures:
    """Return the figures of all jobs, each judged by the targets of its platform.

    Its targets are those of all platforms, each with its platform. `queue_grows`: see `backlog.queue_grows`.
    """
    found = figures(workload, fate, fleet, window, until)
    listed = [{"platform": name, **one} for name, part in platforms.items() for one in part["targets"]]
    found |= {name: sum(part[name] for part in platforms.values()) for name in PLACES}
    found["queue_grows"] = found["open"] > 0 or queue_grows(workload, fate, fleet, window)
    return found | {"meets_target": meets([one["verdict"] for one in listed]), "targets": listed}


def figures(
    workload: Workload,
    fate: Fates,
    fleet: Sequence[NodeType],
    window: Window,
    until: int,
    targets: Sequence[Target] = (),
    rows: Array | None = None,
) -> Figures:
    """Return the figures of some jobs (default: all), as the command line prints them with --json.

    Times are in seconds, shares in 0..1. Only jobs submitted in the window count, but for `accelerator_hours` and
    `utilisation`. `submitted` = `in_time` + `late` + `refused` + `cancelled_waiting` + `open`: a job is in time if it
    has started within each target that covers it, late if it certainly has not, open if it still waited when it was
    last seen, for less than each limit. `submitted` = `started` + `waiting` + `cancelled_waiting` + `refused` and
    `started` = `ended` + `running`, as last seen (`running` counts also those that wait again); `unfinished` waited or
    ran at the horizon, `waiting_at_horizon` waited, also again. Waits (first start - submit; `eligible_wait_s`:
    first start - release, where jobs were held), stays (`jct_s`, last end
    - submit), `bounded_slowdown`, which is max(1, stay / max(run, 10 s)) with the run of the last attempt,
    `makespan_s`, from the first submit to the last end, and `on_time` are about all jobs. A percentile p95 stands
    beside its bounds p95_low and p95_high; it is None where they differ or it is infinite, a bound is None where it is
    infinite. So is the mean; `mean_started` is that of the started.
    """
    mine = np.ones(len(workload), bool) if rows is None else rows
    stays = fate.attempts
    used = int((window.clipped(stays.start, stays.end) * workload.gang[stays.job])[mine[stays.job]].sum())
    capacity = accelerators_of(fleet) * THOUSAND * window.length
    counted = mine & submitted_in(workload, fate, window)
    jobs = seen(workload, fate, until).where(counted)
    judgements = [judge(target, jobs) for target in targets]
    return {
        **_counts(jobs, tally(targets, jobs), _waiting_again(fate, window.horizon, until)[counted], window.horizon),
        **_waits(jobs),
        "jct_s": described(jobs.stays, PERCENTILES, 1_000),
        **_makespan(jobs),
        "bounded_slowdown": described(jobs.slowdowns, (95,), 1),
        "accelerator_hours": used / (THOUSAND * HOUR),
        "utilisation": used / capacity if capacity else None,
        **_on_time(jobs),
        "meets_target": meets([judgement.verdict for judgement in judgements]),
        "targets": [asdict(judgement) for judgement in judgements],
    }


def _waits(jobs: Seen) -> Figures:
    """Return the waits from the submit, and those in the queue alone."""
    found = described(jobs.waits, PERCENTILES, 1_000)
    held = bool(jobs.held.any())
    return {"wait_s": found, "eligible_wait_s": described(jobs.eligible_waits, PERCENTILES, 1_000) if held else found}


def _waiting_again(fate: Fates, horizon: int, until: int) -> Array:
    """Return which jobs waited again at the horizon, as a bool array."""
    found, waiting = waits_again(fate), np.zeros(len(fate.start), bool)
    goes_on = (found.end < 0) | ((until > horizon) & (found.end >= horizon))
    waiting[found.job[(found.begin < horizon) & goes_on]] = True
    return waiting


def _counts(jobs: Seen, tally: Mapping[str, int], waiting_again: Array, horizon: int) -> dict[str, int]:
    by = {name: int((jobs.outcome == code).sum()) for code, name in enumerate(FATES)}
    ended = sum(by[FATES[code]] for code in OVER)
    # What falls due at the horizon does not happen before it; a run that did not go on was seen whole.
    later = jobs.until > horizon
    waiting = jobs.waiting | (later & ~jobs.refused & (jobs.submit + jobs.wait >= horizon))
    running = np.isin(jobs.outcome, (RUNNING, REQUEUED)) | (later & jobs.started & (jobs.end >= horizon))
    found = {
        "submitted": len(jobs),
        **tally,
        "started": int(jobs.started.sum()),
        "ended": ended,
        **by,
        FATES[RUNNING]: by[FATES[RUNNING]] + by[FATES[REQUEUED]],
        "unfinished": int((waiting | running).sum()),
        "waiting_at_horizon": int((waiting | waiting_again).sum()),
    }
    return {name: found[name] for name in COUNTS}


def _makespan(jobs: Seen) -> Figures:
    """Return the time from the first submit to the last end; jobs that never start have no end."""
    found = None
    open_ = jobs.waiting | jobs.requeued
    if (jobs.started | open_).any():
        last = max(int(jobs.end.max()), jobs.until if open_.any() else 0)
        low = last - int(jobs.submit.min())
        found = Bracket(low, np.inf if open_.any() else low)
    return {f"{name}_s": value for name, value in bracketed("makespan", found, 1_000).items()}


def _on_time(jobs: Seen) -> Figures:
    """Return the share of the jobs with a deadline that keep it."""
    due = int((jobs.deadline >= 0).sum())
    kept = [int(each.sum()) for each in jobs.on_time()]
    return bracketed("on_time", Bracket(*kept) if due else None, due)
