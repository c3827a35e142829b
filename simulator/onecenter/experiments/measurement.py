"""Which part of a scenario's time replications are about: the start-up cut, and a window that ends with a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from onecenter.errors import OnecenterError
from onecenter.experiments.replication import Replication, one_run
from onecenter.policies import Policy
from onecenter.results.window import Window
from onecenter.scenario import Scenario
from onecenter.scenario.arrivals import Timetable
from onecenter.scenario.demand import Stream
from onecenter.statistics.startup import mser5
from onecenter.units import MS, duration_text, format_duration

WEEK: Final = 7 * MS["d"]

#: Pieces of the time, on whose mean waits MSER-5 works.
PIECES: Final = 500

#: Runs that MSER-5 sees the mean of.
PILOTS: Final = 5


@dataclass(frozen=True)
class Measurement:
    """What replications are about."""

    window: Window  # jobs submitted in it count
    rhythm: int | None  # ms after which demand repeats; None: it is stationary
    how: str  # how the start-up cut was found, for people

    def text(self) -> str:
        """Say which part of the time is cut, and how long the window is."""
        cut, length = (format_duration(ms) for ms in (self.window.warmup, self.window.length))
        return f"the first {cut} are cut ({self.how}), the window is {length}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        window = {"warmup": self.window.warmup / 1_000, "horizon": self.window.horizon / 1_000}
        return {"window_s": window, "cut": self.how}


def has_rhythm(stream: Stream) -> bool:
    """Whether a stream's demand follows the hours of the day or the days of the week."""
    spec = stream.arrivals
    if spec is None:
        return False
    return isinstance(spec, Timetable) or spec.hours is not None or spec.weekdays is not None


def measurement_of(scenario: Scenario, policy: Policy) -> Measurement:
    """Return the measurement of a scenario's replications; a function of scenario and policy only.

    Demand with a rhythm: whole weeks are cut and whole weeks are left, if there are two weeks. Else the scenario's own
    warm-up, or where it has none what MSER-5 finds in five pilot runs.
    """
    time = scenario.time
    if any(has_rhythm(stream) for _, _, stream in scenario.streams):
        cut = -(-max(time.warmup, 1) // WEEK) * WEEK
        last = cut + (time.horizon - cut) // WEEK * WEEK
        if last > cut:
            return Measurement(Window(cut, last), WEEK, "whole weeks, as demand has a weekly rhythm")
        how = "as the scenario says; too short for whole weeks"
        return Measurement(Window(time.warmup, time.horizon), None, how)
    if time.warmup:
        return Measurement(Window(time.warmup, time.horizon), None, "as the scenario says")
    if any(stream.jobs is not None for _, _, stream in scenario.streams):
        return Measurement(Window(0, time.horizon), None, "nothing is cut: jobs are listed one by one")
    return Measurement(Window(_pilot_cut(scenario, policy), time.horizon), None, f"MSER-5 on {PILOTS} pilot runs")


def common_measurement(measurements: Sequence[Measurement]) -> Measurement:
    """Return the measurement of several sides: the longest of their cuts, up to the earliest of their ends.

    In whole weeks where one of them has a weekly rhythm and a week is left.
    """
    longest = max(measurements, key=lambda each: each.window.warmup)
    cut, last = longest.window.warmup, min(each.window.horizon for each in measurements)
    weekly = next((each for each in measurements if each.rhythm is not None), None)
    if weekly is not None:
        first = -(-cut // WEEK) * WEEK
        weeks = (last - first) // WEEK
        if weeks > 0:
            return Measurement(Window(first, first + weeks * WEEK), WEEK, weekly.how)
    if cut >= last:
        ends = f"the longest start-up, {duration_text(cut)}, goes on to the end of another scenario"
        raise OnecenterError("compare", [f"{ends}: horizons that are more alike are expected"])
    return Measurement(Window(cut, last), None, longest.how)


def _pilot_cut(scenario: Scenario, policy: Policy) -> int:
    """Return the cut (ms) that MSER-5 finds in the mean waits of pilot runs."""
    edges = np.linspace(0, scenario.time.horizon, PIECES + 1)
    sums, counts = np.zeros(PIECES), np.zeros(PIECES)
    for index in range(PILOTS):
        seen = one_run(scenario, index, policy, Window(0, scenario.time.horizon), tail=False).everyone
        place = np.minimum(np.searchsorted(edges, seen.submit, side="right") - 1, PIECES - 1)
        sums += np.bincount(place, seen.wait, PIECES)
        counts += np.bincount(place, minlength=PIECES)
    waits = np.divide(sums, counts, out=np.zeros(PIECES), where=counts > 0)
    return int(edges[mser5(waits)])


class Task(NamedTuple):
    """All that a replication depends on; it can be sent to another process."""

    scenario: Scenario
    policy: Policy
    measurement: Measurement
    sample: int = 0  # jobs of each replication that have a fair start time worked out
    fragments: bool = False  # whether fragmentation is worked out
    shares: bool = False  # whether the figures of sharing are worked out, where there are any

    def run(self, index: int) -> Replication:
        """Return one replication."""
        window, rhythm = self.measurement.window, self.measurement.rhythm
        asked = self.scenario, index, self.policy, window, rhythm
        return one_run(*asked, sample=self.sample, fragments=self.fragments, shares=self.shares)
