"""The clock of a simulation: whole milliseconds; instants and delays in milliseconds or in words."""

import math
from heapq import heapify
from typing import Any

import simpy
from simpy.core import SimTime, StopSimulation
from simpy.events import NORMAL, URGENT, Event

from onecenter.errors import SimulationError
from onecenter.units import MAX_DURATION, parse_duration


def milliseconds(duration: str | float) -> int:
    """Return a duration in ms, rounded up: text such as "2 h", or a number of ms."""
    return parse_duration(duration) if isinstance(duration, str) else math.ceil(duration)


def checked_duration(call: str, what: str, value: Any) -> int:
    """Return a duration in ms, rounded up: text such as "2 h", or a number of ms.

    Raises
    ------
    SimulationError
        If it is neither, negative, or longer than 1,000 years.
    """
    expected = f'0 to {MAX_DURATION:,} ms, or text such as "2 h", is expected'
    try:
        found = milliseconds(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise SimulationError(call, [f"{what} = {value!r}: {error if isinstance(value, str) else expected}"]) from None
    if isinstance(value, bool) or not 0 <= found <= MAX_DURATION:
        raise SimulationError(call, [f"{what} = {value!r}: {expected}"])
    return found


class Clock(simpy.Environment):
    """A SimPy environment whose time is int milliseconds; a delay that is no int is rounded up."""

    @property
    def now(self) -> int:
        """Instant (ms since the start)."""
        return self._now  # type: ignore[return-value]

    def schedule(self, event: Event, priority: Any = NORMAL, delay: SimTime = 0) -> None:
        """Put in an event; see `simpy.Environment.schedule`.

        Raises
        ------
        SimulationError
            If the delay is not finite.
        """
        if type(delay) is int:
            super().schedule(event, priority, delay)
            return
        if not math.isfinite(delay):
            raise SimulationError("delay", [f"{delay}: a number of ms is expected"])
        super().schedule(event, priority, math.ceil(delay))

    def run(self, until: SimTime | Event | str | None = None) -> Any:
        """Run until an instant (ms or text), an event, or until nothing is left; see `simpy.Environment.run`.

        What raises in a process leaves no stop behind: a later call runs on.

        Raises
        ------
        SimulationError
            If the instant is none, or past.
        """
        if until is None:
            return super().run()
        stop = until if isinstance(until, Event) else self._stop_at(checked_duration("run", "until", until))
        try:
            return super().run(stop)
        except BaseException:
            self._forget(stop, stop is not until)
            raise

    def _stop_at(self, instant: int) -> Event:
        if instant < self.now:
            raise SimulationError("run", [f"until = {instant:,} ms: it is {self.now:,} ms already"])
        stop = Event(self)
        stop._ok, stop._value = True, None
        self.schedule(stop, URGENT, instant - self.now)
        return stop

    def _forget(self, stop: Event, own: bool) -> None:
        """Let an event stop no run any more; take it out where nobody else knows it."""
        if stop.callbacks is not None and StopSimulation.callback in stop.callbacks:
            stop.callbacks.remove(StopSimulation.callback)
        if own:
            self._queue = [entry for entry in self._queue if entry[-1] is not stop]
            heapify(self._queue)
