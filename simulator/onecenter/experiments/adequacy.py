"""Whether a fleet is enough in the long run: figures and targets of a scenario over replications."""

from collections.abc import Sequence
from typing import Any

from onecenter.experiments.assessment import CONFIDENCE, Assessment, assess
from onecenter.experiments.replications import CENTER, Replications
from onecenter.fleet import accelerators_of
from onecenter.results.targets import PLACES, meets, tally, targets_of
from onecenter.statistics.estimates import Estimate


def adequacy(runs: Replications, judged: Sequence[Assessment] | None = None) -> dict[str, Any]:
    """Return what replications say of a fleet, as plain data: each target as `plan` judges it, each platform's waits.

    Waits are in seconds with their 95 % intervals, `mean_low` to `mean_high`; where one is withheld or unknown
    `mean_reason` says why. `time_waited_s` counts a job that left while it waited for as long as it did, a refused one
    as 0. Counts of jobs are over all replications. `in_time` of a target is a share; its limits and the verdict hold
    with 95 % certainty for all targets together; `value` is its percentile with such limits. `judged` is what
    `assess` says of them, where it is known.
    """
    judged = assess(runs) if judged is None else judged
    parts = {name: _platform(runs, name, [one for one in judged if one.platform == name]) for name in runs.platforms}
    fleet = runs.task.scenario.fleet
    center = _waits(runs, CENTER) | {name: sum(part[name] for part in parts.values()) for name in PLACES}
    return {
        "scenario": runs.task.scenario.name,
        "seed": runs.task.scenario.time.seed,
        "policy": runs.task.policy.as_dict(),
        "nodes": sum(kind.count for kind in fleet),
        "accelerators": accelerators_of(fleet),
        "replications": len(runs),
        **runs.task.measurement.as_dict(),
        "confidence": CONFIDENCE,
        "overloaded": runs.overloaded,
        "platforms": parts,
        "center": center | {"meets_target": meets([one.verdict for one in judged]), "targets": _plain(judged)},
    }


def jobs_of(runs: Replications, name: str) -> dict[str, int]:
    """Return how many jobs of a platform all replications submitted, and by PLACES what became of them."""
    targets = targets_of(runs.task.scenario.platforms[name])
    counts = [tally(targets, seen) for seen in runs.seen(name)]
    found = {place: sum(count[place] for count in counts) for place in PLACES}
    return {"submitted": sum(len(seen) for seen in runs.seen(name)), **found}


def _platform(runs: Replications, name: str, judged: Sequence[Assessment]) -> dict[str, Any]:
    verdicts = [one.verdict for one in judged]
    return _waits(runs, name) | jobs_of(runs, name) | {"meets_target": meets(verdicts), "targets": _plain(judged)}


def _waits(runs: Replications, name: str) -> dict[str, Any]:
    groups: dict[str, dict[str, Any]] = {"wait_s": {}, "time_waited_s": {}}
    for figure, each in runs.waits(name).items():
        group, _, key = figure.rpartition(" ")
        groups[f"{group.replace(' ', '_')}_s"] |= _flat(key, each)
    return {"submitted": sum(len(seen) for seen in runs.seen(name)), **groups}


def _flat(figure: str, found: Estimate) -> dict[str, Any]:
    named = {figure: found.value, f"{figure}_low": found.low, f"{figure}_high": found.high}
    return named | {f"{figure}_reason": found.reason}


def _plain(judged: Sequence[Assessment]) -> list[dict[str, Any]]:
    return [{**one.as_dict(), **one.in_time} for one in judged]
