"""A mix of node types: the best fleet within limits, and the front of cost against waits."""

from itertools import product

from onecenter.errors import PlanError
from onecenter.planning.candidates import Candidate, Candidates, Values
from onecenter.planning.limits import Limits
from onecenter.scenario import Scenario, with_set

#: Fleets among which it searches, at the most.
MOST_FLEETS = 10_000


def cheapest(
    tried: Candidates, ranges: tuple[tuple[int, int], ...], limits: Limits
) -> tuple[Values | None, list[Values]]:
    """Return the best fleet that meets the targets, and those that might be as good or better.

    Fleets are tried in the order of cost (or nodes), the best first. One that is no larger in any type than a fleet
    that surely misses the targets is left out; more nodes never raise waits in the long run.
    """
    queue = _allowed(tried, ranges, limits)
    misses: list[Values] = []
    open_: list[Values] = []
    for values in queue:
        if any(all(a <= b for a, b in zip(values, worse, strict=True)) for worse in misses):
            continue
        verdict = tried.decided(values).verdict
        if verdict == "met":
            return values, [*open_, values] if open_ else []
        (misses if verdict == "missed" else open_).append(values)
    if open_:
        return None, open_
    raise PlanError("plan", ["no fleet within the ranges and limits meets all targets: raise them"])


def fleet_of(scenario: Scenario, paths: tuple[str, ...], values: Values) -> Scenario:
    """Return the scenario with these counts."""
    return with_set(scenario, dict(zip(paths, values, strict=True)))


def _allowed(tried: Candidates, ranges: tuple[tuple[int, int], ...], limits: Limits) -> list[Values]:
    count = 1
    for low, high in ranges:
        count *= high - low + 1
    if count > MOST_FLEETS:
        raise PlanError("vary", [f"{count:,} fleets lie in the ranges; at most {MOST_FLEETS:,} are expected"])
    heights = {}
    for values in product(*(range(low, high + 1) for low, high in ranges)):
        scenario = fleet_of(tried.scenario, tried.paths, values)
        if limits.allow(scenario):
            heights[values] = limits.height(scenario)
    if not heights:
        raise PlanError("limits", ["no fleet of the ranges keeps within the limits: raise them, or lower the ranges"])
    return sorted(heights, key=lambda values: (heights[values], values))


def pareto(candidates: list[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """Return of (cost, candidate) those that no other beats in both cost and worst wait, the cheapest first."""
    front: list[tuple[float, Candidate]] = []
    best = float("inf")
    for cost, candidate in sorted(candidates, key=lambda pair: (pair[0], pair[1].worst_wait or float("inf"))):
        wait = candidate.worst_wait
        if wait is not None and wait < best:
            front.append((cost, candidate))
            best = wait
    return front
