"""Warnings of a scenario, printed before the work begins."""

import sys
from collections.abc import Sequence

from onecenter.scenario import Scenario
from onecenter.visible import visible
from onecenter.workload.slips import slips
from onecenter.workload.warnings import warnings_of


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
