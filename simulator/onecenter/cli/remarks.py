"""What is said around the figures: warnings before the work begins, remarks below a table."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onecenter import units
from onecenter.scenario import Scenario
from onecenter.simulation.result import Result
from onecenter.visible import visible
from onecenter.words import Words
from onecenter.workload.slips import slips, warnings_of


def warn(scenario: Scenario, *, json: bool = False, fleet: bool = True, about: str = "") -> list[str]:
    """Print the warnings of a scenario on standard error; return them.

    Parameters
    ----------
    scenario : Scenario
        What is about to be simulated.
    json : bool
        Print nothing: they are handed over as "warnings" of the one JSON object.
    fleet : bool
        Whether its fleet is what is simulated; else what does not fit on it is no warning.
    about : str
        Which of several scenarios it is.
    """
    found = warnings_of(scenario) if fleet else list(slips(scenario))
    if not json:
        say(found, about)
    return found


def say(warnings: Sequence[str], about: str = "") -> None:
    """Print warnings on standard error."""
    for text in warnings:
        print(visible(f"onecenter: {about + ': ' if about else ''}warning: {text}"), file=sys.stderr)


def remarks(result: Result, words: Words) -> Iterator[str]:
    """Give the sentences about a run's figures."""
    summary = result.summary()
    yield from refusals(summary)
    yield from growth(summary)
    for name, target, one in result.judged():
        if one["verdict"] != "met":
            yield f"{one['verdict']}: {name}, {target.said(words)}: {one['reason']}"


def remarks_on_sides(summaries: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Give the sentences about several policies on the same jobs: each refuses the same ones, queues differ."""
    yield from refusals(next(iter(summaries.values())))
    for name, summary in summaries.items():
        yield from (f"{name}: {text}" for text in growth(summary))


def refusals(summary: Mapping[str, Any]) -> Iterator[str]:
    """Say how many jobs can never run on the center, if there are any."""
    center = summary["center"]
    if center["refused"]:
        count = f"{units.format_count(center['refused'])} of {units.format_count(center['submitted'])} jobs"
        parts = {name: part["refused"] for name, part in summary["platforms"].items() if part["refused"]}
        listed = ", ".join(f"{name} {units.format_count(number)}" for name, number in parts.items())
        yield f"refused: {count} can never run on this center ({listed})"


def growth(summary: Mapping[str, Any]) -> Iterator[str]:
    """Say that the queue grows, if it does."""
    center, window = summary["center"], summary["window_s"]
    if not center["queue_grows"]:
        return
    longer = units.format_seconds(window["until"] - window["horizon"])
    text = f"the queue grows: {units.format_count(center['waiting_at_horizon'])} jobs of the window wait at its end"
    if center["waiting"]:
        yield f"{text}, and {units.format_count(center['waiting'])} still {longer} later, when the run stops"
    else:
        yield f"{text}; the run goes on for {longer} until all of them have started or left"
