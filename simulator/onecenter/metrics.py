"""The figures of a run: of each platform and of the center."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from onecenter.fleet import NodeType, accelerators_of
from onecenter.log import (
    CANCELLED_WAITING,
    ENDED,
    FATES,
    FUTURE,
    REFUSED,
    RUNNING,
    WAITING,
    Fates,
    observed_stays,
    observed_waits,
)
from onecenter.statistics.survival import Survival, kaplan_meier
from onecenter.tables import HOUR, THOUSAND, on_time
from onecenter.targets import Judgement, Target, judge, meets
from onecenter.window import Window, whole_run
from onecenter.workload.table import Workload

__all__ = ["Window", "center_figures", "figures", "platform_figures", "whole_run"]

Array = npt.NDArray[Any]
Figures = dict[str, Any]

#: A job shorter than this counts as so long in the bounded slowdown (ms).
SLOWDOWN_THRESHOLD: Final = 10_000

#: Figures that count jobs.
COUNTS: Final = (
    "submitted",
    "started",
    "ended",
    *(FATES[code] for code in (*ENDED, CANCELLED_WAITING, RUNNING, WAITING)),
    "unfinished",
    "refused",
)


@dataclass(frozen=True)
class _Seen:
    """The jobs that figures are about (all times in ms), and until when they were seen."""

    submit: Array
    run: Array
    gang: Array
    deadline: Array
    fate: Fates
    horizon: int

    @property
    def ended(self) -> Array:
        """Which jobs ran to an end."""
        return np.isin(self.fate.outcome, ENDED)

    @property
    def runs(self) -> Array:
        """How long each job ran or would run."""
        return np.where(self.ended, self.fate.end - self.fate.start, self.run)


def _seen(workload: Workload, fate: Fates, window: Window, rows: Array) -> _Seen:
    w = workload
    return _Seen(
        submit=w.submit[rows],
        run=np.minimum(w.run[rows], w.walltime[rows]),
        gang=w.accelerators[rows].astype(np.int64) * w.tasks[rows],
        deadline=w.deadline[rows],
        fate=Fates(*(column[rows] for column in fate)),
        horizon=window.horizon,
    )


def platform_figures(
    workload: Workload,
    fate: Fates,
    fleet: Sequence[NodeType],
    window: Window,
    targets: Mapping[str, Sequence[Target]],
) -> dict[str, Figures]:
    """Return the figures of each platform by name; see `figures` for the arguments."""
    return {
        name: figures(workload, fate, fleet, window, targets.get(name, ()), workload.platform == index)
        for index, name in enumerate(workload.platforms)
    }


def center_figures(
    workload: Workload,
    fate: Fates,
    fleet: Sequence[NodeType],
    window: Window,
    platforms: Mapping[str, Figures],
) -> Figures:
    """Return the figures of all jobs; its targets are those of all platforms, each with its platform."""
    found = figures(workload, fate, fleet, window)
    listed = [{"platform": name, **one} for name, part in platforms.items() for one in part["targets"]]
    return found | {"meets_target": meets([one["verdict"] for one in listed]), "targets": listed}


def figures(
    workload: Workload,
    fate: Fates,
    fleet: Sequence[NodeType],
    window: Window,
    targets: Sequence[Target] = (),
    rows: Array | None = None,
) -> Figures:
    """Return the figures of some jobs, as the command line prints them with --json.

    Parameters
    ----------
    workload, fate : Workload, Fates
        All jobs and what became of them.
    fleet : sequence of NodeType
        The center, whose capacity `utilisation` is a share of.
    window : Window
        Only jobs submitted in it count, but for `accelerator_hours` and `utilisation`.
    targets : sequence of Target
        The service targets of these jobs.
    rows : bool array, optional
        Which jobs; default all.

    Returns
    -------
    dict
        Times in seconds, utilisation in 0..1. `submitted` = `started` + `cancelled_waiting` + `waiting`
        (`refused` stands apart), `started` = `ended` + `running`, `unfinished` = `waiting` + `running`.
        Waits and stays (`jct_s`, end - submit) are estimated by Kaplan and Meier; a percentile that is not
        reached is None, `mean` is None where the largest value is censored. `bounded_slowdown` is
        max(1, (wait + run) / max(run, 10 s)) of the jobs that ended, `makespan_s` their first submit to their
        last end.
    """
    mine = np.ones(len(workload), bool) if rows is None else rows
    used = int(_use(workload, fate, window, mine))
    capacity = accelerators_of(tuple(fleet)) * THOUSAND * window.length
    # The log holds nothing at or after the horizon.
    inside = mine & (workload.submit >= window.warmup) & (fate.outcome != FUTURE)
    refused = inside & (fate.outcome == REFUSED)
    seen = _seen(workload, fate, window, inside & ~refused)
    judgements = _judged(seen, targets)
    return {
        **_counts(seen.fate, int(refused.sum())),
        "wait_s": _waits(seen),
        "jct_s": _stays(seen),
        "makespan_s": _makespan(seen),
        "bounded_slowdown": _slowdown(seen),
        "accelerator_hours": used / (THOUSAND * HOUR),
        "utilisation": used / capacity if capacity else None,
        "on_time": _on_time(seen),
        "meets_target": meets([judgement.verdict for judgement in judgements]),
        "targets": [judgement.as_dict() for judgement in judgements],
    }


def _use(workload: Workload, fate: Fates, window: Window, rows: Array) -> Any:
    return (window.clipped(fate.start, fate.end) * workload.gang)[rows].sum()


def _counts(fate: Fates, refused: int) -> dict[str, int]:
    by = np.bincount(fate.outcome, minlength=FUTURE + 1).tolist()
    ended = sum(by[code] for code in ENDED)
    sums = (len(fate.outcome), ended + by[RUNNING], ended)
    ends = (by[code] for code in (*ENDED, CANCELLED_WAITING, RUNNING, WAITING))
    return dict(zip(COUNTS, (*sums, *ends, by[WAITING] + by[RUNNING], refused), strict=True))


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1_000


def _percentiles(estimate: Survival, percents: Sequence[int]) -> dict[str, float | None]:
    return {f"p{percent}": _seconds(estimate.percentile(percent)) for percent in percents}


def _waits(seen: _Seen) -> Figures:
    estimate = kaplan_meier(*observed_waits(seen.submit, seen.fate, seen.horizon))
    return {
        "mean": _seconds(estimate.mean),
        "restricted_mean": _seconds(estimate.restricted_mean),
        **_percentiles(estimate, (50, 95, 99)),
        "censored": estimate.censored,
    }


def _stays(seen: _Seen) -> Figures:
    estimate = kaplan_meier(*observed_stays(seen.submit, seen.fate, seen.horizon))
    return {
        "mean": _seconds(estimate.mean),
        "restricted_mean": _seconds(estimate.restricted_mean),
        **_percentiles(estimate, (50, 99)),
        "censored": estimate.censored,
    }


def _makespan(seen: _Seen) -> float | None:
    if not seen.ended.any():
        return None
    return _seconds(int(seen.fate.end[seen.ended].max() - seen.submit.min()))


def _slowdown(seen: _Seen) -> Figures:
    stay = (seen.fate.end - seen.submit)[seen.ended]
    run = (seen.fate.end - seen.fate.start)[seen.ended]
    estimate = kaplan_meier(np.maximum(1.0, stay / np.maximum(run, SLOWDOWN_THRESHOLD)))
    return {"mean": estimate.mean, "p95": estimate.percentile(95)}


def _on_time(seen: _Seen) -> float | None:
    known, kept = on_time(seen.deadline, seen.fate, seen.horizon)
    return float(kept.sum() / known.sum()) if known.any() else None


def _judged(seen: _Seen, targets: Sequence[Target]) -> list[Judgement]:
    if not targets:
        return []
    wait, _ = observed_waits(seen.submit, seen.fate, seen.horizon)
    started, waiting = seen.fate.start >= 0, seen.fate.outcome == WAITING
    return [judge(target, seen.gang, wait, seen.runs, started, waiting) for target in targets]
