"""Growth of demand: a scenario as it will be in a month, and the first month in which something fails."""

from collections.abc import Callable
from typing import Final

import numpy as np

from onecenter.checks import DEMAND, Whole, one
from onecenter.errors import PlanError, ScenarioError
from onecenter.planning.startups import graduate_demand, tenant_demand
from onecenter.scenario import Scenario, with_set
from onecenter.scenario.growth import MAX_MONTHS, YEAR_MONTHS, Chain, Pace
from onecenter.units import MS
from onecenter.workload.draws import Floats
from onecenter.workload.load import offered_load

#: ms of a month: a twelfth of 365 d.
MONTH: Final = MS["y"] // YEAR_MONTHS


def with_demand(scenario: Scenario, demand: float) -> Scenario:
    """Return a scenario with every stream's scale multiplied, such as by 1.4 for 40 % more; listed jobs are refused."""
    demand = one("demand", demand, DEMAND, PlanError)
    listed = [f"platforms.{p}.demand.{s}" for p, s, stream in scenario.streams if stream.jobs is not None]
    if demand == 1:
        return scenario
    if listed:
        right = "jobs listed one by one cannot be scaled; describe arrivals instead"
        raise PlanError("demand", [f"{', '.join(listed)}: {right}"])
    return with_set(
        scenario, {f'platforms."{p}".demand."{s}".scale': stream.scale * demand for p, s, stream in scenario.streams}
    )


def factors(scenario: Scenario, last: int) -> dict[tuple[str, str], Floats]:
    """Return by how much demand is multiplied, by (platform, stream), for each of the months 0..`last`.

    What is given for a stream goes before what is given for its platform. The tenants of the chain multiply it;
    graduates add their own work to their platform, in accelerators, shared among its streams as in month 0.
    """
    _check(last)
    growth = scenario.growth
    if growth is None:
        return {(platform, stream): np.ones(last + 1) for platform, stream, _ in scenario.streams}
    found = {}
    for platform, stream, _ in scenario.streams:
        part = growth.platforms.get(platform)
        found[platform, stream] = _paced(None if part is None else part.demand.get(stream, part), last)
    return found if growth.chain is None else _chained(scenario, growth.chain, found, last)


def _check(month: int) -> None:
    one("month", month, Whole(0, MAX_MONTHS), PlanError)


def _paced(pace: Pace | None, last: int) -> Floats:
    """Return the factors of a stream or platform."""
    if pace is None:
        return np.ones(last + 1)
    steps = np.maximum(np.arange(last + 1) - (pace.first - 1), 0)
    if pace.factors is None:
        return (1.0 + (pace.monthly or 0.0)) ** steps
    return np.array([1.0, *pace.factors])[np.minimum(steps, len(pace.factors))]


def _chained(
    scenario: Scenario, chain: Chain, found: dict[tuple[str, str], Floats], last: int
) -> dict[tuple[str, str], Floats]:
    """Return factors with the start-ups' part."""
    tenants = tenant_demand(chain, last)
    added = graduate_demand(chain, last)
    ratios = _ratios(scenario, chain) if added else {}
    return {
        (platform, stream): value * (tenants if platform == chain.platform else 1.0)
        + (added[platform] * ratios[platform] if platform in added else 0.0)
        for (platform, stream), value in found.items()
    }


def _ratios(scenario: Scenario, chain: Chain) -> dict[str, float]:
    """Return the chain's load in month 0 over that of each platform that gets graduates."""
    load = offered_load(scenario)
    accelerators = {name: load.of(name).accelerators for name in (chain.platform, *chain.graduates)}
    without = [name for name, busy in accelerators.items() if not busy > 0]
    if without:
        right = "asks for no accelerators on average; graduates' work cannot be measured by it"
        raise ScenarioError(scenario.name, [f"platforms.{name}: {right}" for name in without])
    return {name: accelerators[chain.platform] / accelerators[name] for name in chain.graduates}


def in_month(scenario: Scenario, month: int) -> Scenario:
    """Return a scenario as it will be in a month: the scales of its streams multiplied, all draws the same.

    Month 0 is the scenario itself. Any other is without growth, since it has been applied, and says so in its notes.
    """
    scales = factors(scenario, month)
    if month == 0 or scenario.growth is None:
        return scenario
    values = {
        f'platforms."{platform}".demand."{name}".scale': stream.scale * float(scales[platform, name][month])
        for platform, name, stream in scenario.streams
        if stream.jobs is None
    }
    notes = {
        "notes": (*scenario.notes, f"demand of month {month} of its growth"),
        "notes_zh": (*scenario.notes_zh, f"需求为增长后的第 {month} 个月"),
    }
    return with_set(scenario, values).model_copy(update={"growth": None, **notes})


def never_falls(scenario: Scenario, last: int) -> bool:
    """Whether no stream's demand falls from any month to the next, up to `last`."""
    return all(bool((np.diff(values) >= 0).all()) for values in factors(scenario, last).values())


def first_month(fails: Callable[[int], bool], last: int, *, rising: bool) -> int | None:
    """Return the first month in 0..`last` that fails, or None; `fails` is asked as seldom as possible.

    Where failing is `rising` (see `never_falls`), a month after one that fails does as well: it is found by bisection.
    """
    _check(last)
    if not rising:
        return next((month for month in range(last + 1) if fails(month)), None)
    if not fails(last):
        return None
    good, bad = -1, last
    while bad - good > 1:
        middle = (good + bad) // 2
        if fails(middle):
            bad = middle
        else:
            good = middle
    return bad


def order_month(needed: int, lead_time: int) -> int:
    """Return the latest month whose order is in time for the beginning of a month, by a lead time (ms); below 0: too
    late.
    """
    return needed - -(-lead_time // MONTH)
