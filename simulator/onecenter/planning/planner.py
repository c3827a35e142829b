"""How many nodes a center needs so that every platform's waits meet their targets."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from onecenter.errors import PlanError
from onecenter.planning.answer import Plan
from onecenter.planning.asking import MAX_REPLICATIONS, Range, checked, ranges_of
from onecenter.planning.candidates import Candidates, Progress, path_of
from onecenter.planning.crossing import Choice
from onecenter.planning.fleets import Fleets, fleets_of
from onecenter.planning.limits import Limits, missing
from onecenter.planning.question import Question
from onecenter.planning.search import LEVEL, chosen, search
from onecenter.planning.window import lengthened
from onecenter.policies import Given, PlacementLike, PolicyLike
from onecenter.simulation.running import ScenarioLike


def plan(
    scenario: ScenarioLike,
    vary: str | Sequence[str] | Mapping[str, str | Range],
    *,
    seed: int | None = None,
    set: Sequence[str] = (),
    demand: float = 1.0,
    policy: PolicyLike | Given | None = None,
    placement: PlacementLike | None = None,
    periods: float | None = None,
    limits: Limits | None = None,
    replications: int = MAX_REPLICATIONS,
    executor: Executor | None = None,
    on_look: Progress | None = None,
) -> Plan:
    """Return the smallest or cheapest fleet that meets every platform's targets.

    Parameters
    ----------
    scenario : Scenario, str or path
        With targets.
    vary : str, sequence, or mapping of str to range
        Paths of node counts, such as "center.nodes.910b.count", with the smallest and the largest count, (16, 128) or
        "16:128"; without a range from a quarter to four times the scenario's count. A range of one count asks whether
        it is enough.
    seed : int, optional
        Instead of the scenario's.
    set : sequence of str
        Further "path=value" texts, targets among them.
    demand : float
        Scale of every stream, such as 1.4 for 40 % more.
    policy, placement : optional
        As for `run`: instead of the scenario's.
    periods : float, optional
        Share of the four-week periods that must meet each target, instead of the long-run share of jobs.
    limits : Limits, optional
        Budget, power cap, racks, and what is minimised.
    replications : int
        Of one fleet, at the most; all fleets together have at most 20 times as many.
    executor : concurrent.futures.Executor, optional
        Runs replications; by default this process does.
    on_look : callable, optional
        Called with (fleets tried, replications run) after each look.

    Returns
    -------
    Plan
        Its answer is the best fleet whose long-run share of jobs not started in time is at most the share allowed, for
        each target, by a fit over all fleets tried; `low` and `high` are its 95 % interval. After Ctrl-C it holds what
        was found so far.

    Raises
    ------
    PlanError
        If there is no target, a range makes no sense, no fleet holds every job or keeps within the limits, or the
        fleets of the ranges surely all meet or all miss the targets.
    ScenarioError
        If a path does not exist.
    """
    question = Question.of(scenario, set, seed, demand, policy, placement)
    ranges = ranges_of(question.scenario, vary)
    checked(question.scenario, periods, replications)
    kept = limits or Limits()
    if lacks := missing(question.scaled, kept):
        raise PlanError("plan", lacks)
    fleets = fleets_of(question.scaled, ranges, kept)
    longer, rules = lengthened(question.scaled, question.policy), question.policy
    tried = Candidates(longer, tuple(ranges), replications, periods, executor, on_look, rules)
    interrupted = False
    try:
        found = search(tried, fleets)
    except KeyboardInterrupt:
        if not tried.tried:
            raise
        found, interrupted = chosen(tried, fleets), True
    if not interrupted and len(fleets.allowed) > 1:
        _refuse_ends(tried, fleets, found, ranges)
    return Plan(question, tried, fleets, found, kept, periods, interrupted)


def _refuse_ends(tried: Candidates, fleets: Fleets, found: Choice, ranges: Mapping[str, Range]) -> None:
    """Raise where the ranges surely do not hold the answer."""
    low, high = found.within(LEVEL)
    last = len(fleets.allowed)
    if low == high == last:
        raise PlanError(", ".join(map(path_of, fleets.kinds)), [_too_large(tried, fleets) or _all_miss(tried, fleets)])
    smallest = tuple(bounds[0] for bounds in ranges.values())
    if low == high == 0 and fleets.allowed[0] == smallest and max(smallest) > 1:
        counts = " + ".join(map(str, smallest))
        raise PlanError(
            ", ".join(map(path_of, fleets.kinds)),
            [f"{counts} nodes already meet all targets: lower the range to find the smallest fleet"],
        )


def _too_large(tried: Candidates, fleets: Fleets) -> str:
    """Say which limits the best fleet breaks that meets the targets; empty where none does."""
    for values in fleets.every:
        if values in fleets.broken and values in tried.tried and tried.tried[values].pressure <= 1:
            counts = " + ".join(map(str, values))
            return f"{counts} nodes meet the targets, but do not keep within {', '.join(fleets.broken[values])}"
    return ""


def _all_miss(tried: Candidates, fleets: Fleets) -> str:
    """Say what the largest fleet misses."""
    values, largest = max(tried.tried.items(), key=lambda each: sum(each[0]))
    worst = max(largest.assessments, key=lambda one: one.pressure)
    late = f"{100 * (worst.late or 0):.1f} % late, {100 * worst.allowed:g} % allowed"
    counts = " + ".join(map(str, values))
    return f"even {counts} nodes miss {worst.platform}, {worst.what} ({late}): raise the range"
