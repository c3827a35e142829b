"""What `plan` may be asked: ranges of node counts, and what else must hold."""

from collections.abc import Mapping, Sequence
from typing import Final

from onecenter.checks import INNER_SHARE, NODES, PAIRED, did_you_mean, optional, shown, sorted_out, told, whole
from onecenter.errors import PlanError
from onecenter.planning.candidates import path_of
from onecenter.results.targets import targets_of
from onecenter.scenario import Scenario

#: Replications of one fleet at the most.
MAX_REPLICATIONS: Final = 60

#: A range where only a path is given: from a quarter of the scenario's count to four times it.
SPREAD: Final = 4

Range = tuple[int, int]


def ranges_of(scenario: Scenario, vary: str | Sequence[str] | Mapping[str, str | Range]) -> dict[str, Range]:
    """Return the range of each node type, whose count is given by its path."""
    counts = {path_of(name): kind.count for name, kind in scenario.center.nodes.items()}
    types = {path_of(name): name for name in scenario.center.nodes}
    given: Mapping[str, str | Range | None]
    if isinstance(vary, Mapping):
        given = vary
    else:
        texts = [vary] if isinstance(vary, str) else vary
        pairs = [(path, text or None) for path, _, text in (each.partition("=") for each in texts)]
        given = dict(pairs)
        if len(given) < len(pairs):
            raise PlanError("vary", ["a path is given twice; one range of each is expected"])
    found, mistakes = {}, []
    for path, bounds in given.items():
        try:
            found[types[path]] = _range(path, bounds, counts)
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
    try:
        low, high = map(NODES, map(whole, bounds.split(":")) if isinstance(bounds, str) else bounds)
    except (TypeError, ValueError):
        raise ValueError(f"{shown(bounds)}: a range such as 16:128 is expected, from 1 to {NODES.high:,}") from None
    if low > high:
        raise ValueError(f"{shown(bounds)}: a range to something as large or larger is expected")
    return low, high


def checked(scenario: Scenario, periods: float | None = None, replications: int = MAX_REPLICATIONS) -> None:
    """Raise unless a plan can be made of these."""
    values = {"periods": periods, "replications": replications}
    _, wrong = sorted_out(values, {"periods": optional(INNER_SHARE), "replications": PAIRED})
    mistakes = told(values, wrong)
    if not any(targets_of(platform) for platform in scenario.platforms.values()):
        mistakes.append('no platform has a target; add one such as wait = { p95 = "30 min" }')
    if mistakes:
        raise PlanError("plan", mistakes)
