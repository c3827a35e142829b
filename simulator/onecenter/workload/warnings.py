"""What a planner should know of a scenario before it is simulated: one list, whoever shows it."""

from onecenter.scenario.model import Scenario
from onecenter.workload.load import offered_load
from onecenter.workload.slips import slips


def warnings_of(scenario: Scenario) -> list[str]:
    """Return the warnings of a scenario, each with its place.

    They are about jobs that are never submitted or never fit, load above capacity, and what is almost surely a slip.
    """
    return [*offered_load(scenario).warnings, *slips(scenario)]
