"""SimPy conducts: one environment with a clock of whole milliseconds, and the cores that it drives."""

from collections.abc import Callable
from typing import Any

from simpy.events import Event

from onecenter.engine.clock import Clock, checked_duration
from onecenter.engine.core import FOREVER, Core
from onecenter.errors import SimulationError

#: After everything else of an instant; SimPy's own events have 0 and 1.
LAST: Any = 2

STRIDES = ("calendar", "event")


class Conductor:
    """Lets the cores play between the events of SimPy.

    Parameters
    ----------
    env : Clock
        The environment.
    stride : str
        "calendar": the cores play compiled from one SimPy event to the next; "event": every instant of a core is a
        SimPy event. Both give the same decision logs.
    horizon : int, str or None
        ms or text such as "28 d"; nothing happens at or after it.

    Raises
    ------
    SimulationError
        If the stride or the horizon is impossible.
    """

    def __init__(self, env: Clock, stride: str = "calendar", horizon: float | str | None = None) -> None:
        if stride not in STRIDES:
            raise SimulationError("stride", [f"{stride!r}: one of {', '.join(STRIDES)} is expected"])
        if type(env.now) is not int:
            raise SimulationError("environment", [f"its time is {env.now!r}: an int (ms) is expected"])
        self.env, self.stride = env, stride
        self.horizon = FOREVER if horizon is None else checked_duration("center", "horizon", horizon)
        self.cores: list[Core] = []
        self.reactions: list[Callable[[], None]] = []
        self._wake: Event | None = None
        self._wake_at = FOREVER

    def add(self, core: Core, reaction: Callable[[], None]) -> None:
        """Drive a core; `reaction` is called after its watched jobs changed (event stride: after each instant)."""
        self.cores.append(core)
        self.reactions.append(reaction)
        self.arm(self.env.now)

    def extend(self, horizon: int) -> None:
        """Let the cores, whose workloads may have grown, play on to a horizon (ms), the present or a later one."""
        self.horizon = horizon
        self._go_on()

    def arm(self, t: int) -> None:
        """Wake at t (ms) after all else of that instant; an earlier wake replaces a later one."""
        if t < self._wake_at:
            self._wake_up(t, self._play)

    def _wake_up(self, t: int, callback: Callable[[Event], None]) -> None:
        event = Event(self.env)
        event._ok, event._value = True, None
        event.callbacks = [callback]
        self.env.schedule(event, LAST, t - self.env.now)
        self._wake, self._wake_at = event, t

    def run(self, until: float | str | None = None) -> None:
        """Run to instant `until` (ms or text) or the horizon, whichever is first; without both, until nothing is left.

        What raises in a process or reaction comes out of here; the next call goes on behind it.

        Raises
        ------
        SimulationError
            If `until` is no instant, or past.
        """
        stop = self.horizon if until is None else checked_duration("run", "until", until)
        if stop >= self.horizon:
            stop = max(self.horizon, self.env.now)
        if stop != self.env.now:
            self.env.run(until=None if stop == FOREVER else stop)

    def _play(self, event: Event) -> None:
        if event is not self._wake:
            return
        self._wake, self._wake_at = None, FOREVER
        now, peek = self.env.now, self.env.peek()
        if peek == now:
            self.arm(now)
        elif now < self.horizon:
            try:
                self._advance(now, now + 1 if self.stride == "event" else int(min(peek, self.horizon)))
            finally:
                self._go_on()

    def _advance(self, now: int, until: int) -> None:
        """Play to `until` (ms); stop at the instant at which a watched job changes and react at that instant."""
        reached = self._play_cores(until)
        if reached is not None and reached > now:
            self._wake_up(reached, self._react)
            return
        if reached is not None or self.stride == "event":
            for reaction in self.reactions:
                reaction()

    def _go_on(self) -> None:
        """Wake at the next instant of a core; where there is none, let the clock come to their last one."""
        coming = self._coming()
        if 0 <= coming < self.horizon:
            self.arm(max(coming, self.env.now))
            return
        last = max((core.now for core in self.cores), default=0)
        if self._wake is None and last > self.env.now:
            self._wake_up(last, self._rest)

    def _coming(self) -> int:
        """Return the next instant of a core (ms); -1: there is none."""
        if len(self.cores) == 1:
            return self.cores[0].next
        return min((core.next for core in self.cores if core.next >= 0), default=-1)

    def _rest(self, event: Event) -> None:
        if event is self._wake:
            self._wake, self._wake_at = None, FOREVER

    def _play_cores(self, until: int) -> int | None:
        """Play the cores in the order of their instants; return the instant at which a watched job changed."""
        reached = None
        if len(self.cores) == 1:
            # The only core of most centers: an event a step leaves no time for lists.
            core = self.cores[0]
            while 0 <= core.next < until:
                if core.advance(until):
                    reached = core.now
                    until = reached + 1
            return reached
        while True:
            ready = [(core.next, i) for i, core in enumerate(self.cores) if 0 <= core.next < until]
            if not ready:
                return reached
            t, first = min(ready)
            others = [other for other, i in ready if i != first]
            if self.cores[first].advance(min([until, *(max(other, t + 1) for other in others)])):
                reached = self.cores[first].now
                until = reached + 1

    def _react(self, event: Event) -> None:
        if event is not self._wake:
            return
        self._wake, self._wake_at = None, FOREVER
        try:
            for reaction in self.reactions:
                reaction()
        finally:
            self.arm(self.env.now)
