"""The search for the smallest fleet: by bisection over one node type, along the frontier over several."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Final

from onecenter.errors import PlanError
from onecenter.planning.answer import Plan
from onecenter.planning.candidates import Candidates, Values
from onecenter.planning.limits import Limits, missing
from onecenter.planning.mix import cheapest
from onecenter.planning.question import Question
from onecenter.scenario import Scenario
from onecenter.scenario.shape import did_you_mean
from onecenter.simulation import ScenarioLike
from onecenter.targets import targets_of

#: Replications of one fleet at the most.
MOST: Final = 80

#: A range where only a path is given: from a quarter of the scenario's count to four times it.
SPREAD: Final = 4

Range = tuple[int, int]


def plan(
    scenario: ScenarioLike,
    vary: str | Sequence[str] | Mapping[str, str | Range],
    *,
    seed: int | None = None,
    set: Sequence[str] = (),
    demand: float = 1.0,
    periods: float | None = None,
    limits: Limits | None = None,
    replications: int = MOST,
    executor: Executor | None = None,
) -> Plan:
    """Return the smallest or cheapest fleet that meets every platform's targets.

    Parameters
    ----------
    scenario : Scenario, str or path
        With targets. Its window should be as long as the planner's time allows.
    vary : str, sequence, or mapping of str to range
        Paths of node counts, such as "center.nodes.910b.count", with the smallest and the largest count, (16, 128) or
        "16:128"; without a range from a quarter to four times the scenario's count.
    seed : int, optional
        Instead of the scenario's.
    set : sequence of str
        Further "path=value" texts, targets among them.
    demand : float
        Scale of every stream, such as 1.4 for 40 % more.
    periods : float, optional
        Share of the four-week periods that must meet each target, instead of the long-run share of jobs.
    limits : Limits, optional
        Budget, power cap, racks, and what is minimised.
    replications : int
        Of one fleet, at the most.
    executor : concurrent.futures.Executor, optional
        Runs replications; by default this process does.

    Returns
    -------
    Plan
        A target is met where the upper end of the one-sided 95 % interval (Bonferroni over all targets) of the long-run
        share of jobs not started in time is at most the share allowed, missed where the lower end is above it.

    Raises
    ------
    PlanError
        If there is no target, a range makes no sense, or its ends both meet or both miss the targets.
    ScenarioError
        If a path does not exist.
    """
    question = Question.of(scenario, set, seed, demand)
    ranges = ranges_of(question.scenario, vary)
    checked(question.scenario, ranges, demand, periods, replications)
    chosen = question.scaled
    kept = limits or Limits()
    lacks = missing(chosen, kept)
    if lacks:
        raise PlanError("plan", lacks)
    tried = Candidates(chosen, tuple(ranges), replications, periods, executor)
    if len(ranges) == 1:
        (bounds,) = ranges.values()
        answer, open_ = smallest(tried, *bounds)
        if answer is not None and not kept.allow(tried.at(answer).runs.task.scenario):
            raise PlanError("limits", [f"{answer[0]} nodes meet the targets, but do not keep within the limits"])
    else:
        answer, open_ = cheapest(tried, tuple(ranges.values()), kept)
    return Plan(question, tried, kept, answer, open_, periods)


def ranges_of(scenario: Scenario, vary: str | Sequence[str] | Mapping[str, str | Range]) -> dict[str, Range]:
    """Return the range of each path."""
    counts = {f"center.nodes.{name}.count": kind.count for name, kind in scenario.center.nodes.items()}
    given: Mapping[str, str | Range | None]
    if isinstance(vary, Mapping):
        given = vary
    else:
        texts = [vary] if isinstance(vary, str) else vary
        given = {path: text or None for path, _, text in (each.partition("=") for each in texts)}
    found, mistakes = {}, []
    for path, bounds in given.items():
        try:
            found[path] = _range(path, bounds, counts)
        except ValueError as error:
            mistakes.append(f"{path}: {error}")
    if mistakes or not found:
        raise PlanError("vary", mistakes or ["a path of a node count is expected"])
    return found


def _range(path: str, bounds: str | Range | None, counts: Mapping[str, int]) -> Range:
    if path not in counts:
        raise ValueError(f"no node count; {did_you_mean(path, counts)}there are {', '.join(counts)}")
    if bounds is None:
        return max(1, counts[path] // SPREAD), counts[path] * SPREAD
    parts = bounds.split(":") if isinstance(bounds, str) else bounds
    try:
        low, high = (int(part) for part in parts)
    except ValueError:
        raise ValueError(f"{bounds!r}: a range such as 16:128 is expected") from None
    if not 1 <= low < high:
        raise ValueError(f"{bounds!r}: a range from 1 or more to something larger is expected")
    return low, high


def checked(
    scenario: Scenario,
    ranges: Mapping[str, Range],
    demand: float = 1.0,
    periods: float | None = None,
    replications: int = MOST,
) -> None:
    """Raise unless a plan can be made of these."""
    mistakes = []
    if not any(targets_of(platform) for platform in scenario.platforms.values()):
        mistakes.append('no platform has a target; add one such as wait = { p95 = "30 min" }')
    if not demand > 0:
        mistakes.append(f"demand = {demand}: a factor above 0 is expected")
    if periods is not None and not 0 < periods < 1:
        mistakes.append(f"periods = {periods}: a share between 0 and 1 is expected")
    if replications < 2:
        mistakes.append(f"replications = {replications}: at least 2 are expected")
    if mistakes:
        raise PlanError("plan", mistakes)


def smallest(tried: Candidates, low: int, high: int) -> tuple[Values | None, list[Values]]:
    """Return the smallest count that meets the targets, and the counts among which it lies where that is not sure.

    Bisection on the estimates narrows it down; then each count around is decided, from below until one surely misses
    and up to one that surely meets, since with one node more a single seed may be worse off.
    """
    _check_ends(tried, low, high)
    misses, meets = low, high
    while meets - misses > 1:
        middle = (misses + meets) // 2
        if tried.at((middle,)).pressure <= 1:
            meets = middle
        else:
            misses = middle
    around = [tried.decided((count,)) for count in range(max(low, meets - 2), min(high, meets + 1) + 1)]
    n = max(len(each.runs) for each in around)

    def verdict(count: int) -> str:
        """Judge with as many replications as the neighbours took: an early look must not favour one of them."""
        return tried.at_least((count,), n).verdict

    while meets < high and verdict(meets) != "met":
        meets += 1
    while meets > low and verdict(meets - 1) == "met":
        meets -= 1
    below = meets - 1
    while below > low and verdict(below) == "undecided":
        below -= 1
    sure = verdict(meets) == "met"
    open_: list[Values] = [(count,) for count in range(below + 1, meets + 1)] if not sure or below < meets - 1 else []
    return (meets,) if sure else None, open_


def _check_ends(tried: Candidates, low: int, high: int) -> None:
    (path,) = tried.paths
    top = tried.decided((high,))
    if top.verdict == "missed":
        worst = max(top.standings, key=lambda one: one.pressure)
        late = f"{100 * (worst.late or 0):.1f} % late, {100 * worst.allowed:g} % allowed"
        raise PlanError(path, [f"even {high} nodes miss {worst.platform}, {worst.what} ({late}): raise the range"])
    if tried.decided((low,)).verdict == "met":
        raise PlanError(path, [f"{low} nodes already meet all targets: lower the range to find the smallest fleet"])
