"""What the report says about cost, energy and carbon: as much as the scenario gives."""

from onecenter.planning.economics import YEAR_HOURS, footprint, hours_held, power_of, yearly_cost
from onecenter.report.blocks import Block, Facts, Paragraph
from onecenter.report.subject import Subject
from onecenter.scenario import Scenario
from onecenter.units import MS
from onecenter.words import Words


def money(subject: Subject, words: Words) -> list[Block]:
    """Return what the run used and what a year like it costs; nothing where powers and prices are not known."""
    scenario, window = subject.scenario, subject.result.window
    if scenario is None or not window.length:
        return []
    kinds = scenario.center.nodes.values()
    powered, priced = any(kind.full_power for kind in kinds), any(kind.price or kind.running_cost for kind in kinds)
    pairs = _energy(subject, scenario, words) if powered else []
    pairs += _costs(subject, scenario, words) if priced or (powered and scenario.center.site.tariff) else []
    site = scenario.center.site
    known = {"powers": powered, "prices": priced, "tariff": site.tariff > 0, "carbon factor": site.carbon > 0}
    missing = [words(name) for name, given in known.items() if not given]
    notes: list[Block] = [Paragraph(words("not given", list=words("comma").join(missing)))] if missing else []
    return [Facts(pairs), *notes] if pairs else []


def _hours(subject: Subject) -> float:
    return subject.result.window.length / MS["h"]


def _energy(subject: Subject, scenario: Scenario, words: Words) -> list[tuple[str, str]]:
    hours = _hours(subject)
    used = footprint(scenario, hours_held(subject.result.nodes), hours)
    length, year = words.exact(subject.result.window.length), YEAR_HOURS / hours
    pairs = [
        (words("energy", length=length), words.energy(1_000 * used.energy_kwh)),
        (words("energy a year"), words.energy(1_000 * used.energy_kwh * year)),
        (words("mean power"), words.power(1_000 * used.energy_kwh / hours)),
        (words("full power"), words.power(power_of(scenario))),
    ]
    if scenario.center.site.pue > 1:
        pairs.append((words("pue"), words.count(scenario.center.site.pue)))
    if used.carbon_kg is not None:
        pairs.append((words("carbon", length=length), words.mass(used.carbon_kg)))
        pairs.append((words("carbon a year"), words.mass(used.carbon_kg * year)))
    return pairs


def _costs(subject: Subject, scenario: Scenario, words: Words) -> list[tuple[str, str]]:
    """Return the yearly cost with the energy that was really used, and what an hour in use costs."""
    hours, fixed = _hours(subject), yearly_cost(scenario)
    energy = (footprint(scenario, hours_held(subject.result.nodes), hours).cost or 0.0) * YEAR_HOURS / hours
    parts = {"capital": fixed.capital, "running cost": fixed.running, "energy cost": energy}
    total = sum(parts.values())
    currency = scenario.center.site.currency
    pairs = [(words(name), words.money(amount, currency)) for name, amount in parts.items() if amount]
    pairs.append((words("total cost"), words.money(total, currency)))
    used = subject.summary["center"]["accelerator_hours"] * YEAR_HOURS / hours
    if used:
        pairs.append((words("cost of an hour"), words.money(total / used, currency)))
    return pairs
