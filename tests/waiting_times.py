"""Waits of FIFO queues by recursion, faster than the center by far: for tests of statistics that need many of them.

Times are in units of the mean service time.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from onecenter_kernels.jit import njit

from onecenter.statistics.queueing import erlang_c

Floats = npt.NDArray[np.float64]


@njit
def waits_of(submit: Floats, service: Floats, ready: Floats) -> Floats:
    """Return each job's wait in a FIFO queue whose servers are ready at the given times (J. Kiefer and J. Wolfowitz).

    `ready` is changed.
    """
    wait = np.empty(len(submit))
    for job in range(len(submit)):
        server = 0
        for other in range(1, len(ready)):
            if ready[other] < ready[server]:
                server = other
        start = max(submit[job], ready[server])
        wait[job] = start - submit[job]
        ready[server] = start + service[job]
    return wait


@dataclass(frozen=True)
class Hyperexponential:
    """M/H2/1: of the jobs a share `p` has the rate `fast`, the others the rate `slow`; the mean service time is 1."""

    load: float
    p: float
    fast: float
    slow: float

    def services(self, generator: np.random.Generator, count: int) -> Floats:
        """Draw service times."""
        rate = np.where(generator.random(count) < self.p, self.fast, self.slow)
        return np.asarray(generator.exponential(1.0, count) / rate)

    @property
    def mean_wait(self) -> float:
        """Pollaczek-Khinchine."""
        second = 2 * (self.p / self.fast**2 + (1 - self.p) / self.slow**2)
        return self.load * second / (2 * (1 - self.load))

    def percentile(self, percent: float) -> float:
        """Return a percentile of the wait, by inverting the Pollaczek-Khinchine transform in partial fractions.

        W*(s) = (1 - load) s / (s - l + l B*(s)); times (fast + s)(slow + s) / s its denominator is a quadratic, whose
        roots are the two rates at which the tail falls.
        """
        rate, a, b, p = self.load, self.fast, self.slow, self.p
        poly = [1.0, a + b - rate, a * b - rate * (a + b) + rate * (p * a + (1 - p) * b)]
        first, second = np.sort(-np.roots(poly).real)
        other = {first: second, second: first}
        weight = {r: (1 - rate) * (a - r) * (b - r) / (r * (other[r] - r)) for r in (first, second)}
        low, high = 0.0, 1e4
        for _ in range(200):
            middle = (low + high) / 2
            tail = sum(weight[r] * math.exp(-r * middle) for r in weight)
            low, high = (middle, high) if tail > 1 - percent / 100 else (low, middle)
        return low


@dataclass(frozen=True)
class Exponential:
    """M/M/c."""

    servers: int
    load: float

    @property
    def mean_wait(self) -> float:
        """Erlang's formula."""
        return erlang_c(self.servers, self.load) / (self.servers * (1 - self.load))

    def percentile(self, percent: float) -> float:
        """Return a percentile of the wait."""
        waiting, late = erlang_c(self.servers, self.load), 1 - percent / 100
        return max(0.0, math.log(waiting / late) / (self.servers * (1 - self.load)))

    def in_system(self, generator: np.random.Generator) -> int:
        """Draw the number of jobs that are there in steady state."""
        offered = self.servers * self.load
        few = [offered**n / math.factorial(n) for n in range(self.servers)]
        many = offered**self.servers / math.factorial(self.servers) / (1 - self.load)
        place = int(generator.choice(self.servers + 1, p=np.array([*few, many]) / (sum(few) + many)))
        return place if place < self.servers else self.servers + int(generator.geometric(1 - self.load)) - 1

    def ready(self, generator: np.random.Generator) -> Floats:
        """Draw when each server will be done with what is there in steady state."""
        there = self.in_system(generator)
        ready = np.zeros(self.servers)
        ready[: min(there, self.servers)] = generator.exponential(1.0, min(there, self.servers))
        for _ in range(there - self.servers):
            ready[np.argmin(ready)] += generator.exponential(1.0)
        return ready
