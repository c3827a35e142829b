"""M/H2/c in steady state, from its Markov chain: what no formula gives.

Times are in units of the mean service time.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import spsolve

Floats = npt.NDArray[np.float64]

#: Jobs that wait at the most; beyond them there is less than 1e-9 at the loads of the tests.
MOST = 400


@dataclass(frozen=True)
class Servers:
    """M/H2/c with balanced means: both kinds of job bring the same load.

    Attributes
    ----------
    servers : int
        c.
    load : float
        Of each server.
    variation : float
        Squared coefficient of variation of the service times, at least 1.
    """

    servers: int
    load: float
    variation: float

    @property
    def share(self) -> float:
        """Share of the jobs that are short."""
        return (1 + math.sqrt((self.variation - 1) / (self.variation + 1))) / 2

    @property
    def rates(self) -> tuple[float, float]:
        """Service rates of short and long jobs."""
        return 2 * self.share, 2 * (1 - self.share)

    @property
    def means(self) -> tuple[float, float]:
        """Mean service times of short and long jobs."""
        return 1 / self.rates[0], 1 / self.rates[1]

    @cached_property
    def _states(self) -> list[tuple[int, int]]:
        """Jobs there, and how many of those in service are short."""
        c = self.servers
        return [(n, short) for n in range(c + MOST + 1) for short in range(min(n, c) + 1)]

    def _moves(self, n: int, short: int) -> list[tuple[int, int, float]]:
        """Return the next states with their rates."""
        c, (fast, slow), p = self.servers, self.rates, self.share
        arrival = c * self.load
        moves = []
        if n < c:
            moves += [(n + 1, short + 1, arrival * p), (n + 1, short, arrival * (1 - p))]
        elif n < c + MOST:
            moves.append((n + 1, short, arrival))
        ends = ((short * fast, short - 1), ((min(n, c) - short) * slow, short))
        for rate, left in ends:
            if rate > 0 and n <= c:
                moves.append((n - 1, left, rate))
            elif rate > 0:
                moves += [(n - 1, left + 1, rate * p), (n - 1, left, rate * (1 - p))]
        return moves

    @cached_property
    def steady(self) -> dict[tuple[int, int], float]:
        """Probability of each state."""
        place = {state: i for i, state in enumerate(self._states)}
        flow = sparse.lil_matrix((len(place), len(place)))
        for state, i in place.items():
            for n, short, rate in self._moves(*state):
                flow[place[n, short], i] += rate
                flow[i, i] -= rate
        flow[0, :] = 1
        total = np.zeros(len(place))
        total[0] = 1
        found = spsolve(flow.tocsc(), total)
        return dict(zip(self._states, found.tolist(), strict=True))

    @property
    def mean_wait(self) -> float:
        """By Little's law."""
        waiting = sum(max(n - self.servers, 0) * share for (n, _), share in self.steady.items())
        return waiting / (self.servers * self.load)

    @cached_property
    def _lasting(self) -> Floats:
        """By steps of the uniformised chain: the share of arriving jobs that still wait after so many of them.

        A job that finds all servers busy waits until those before it, and one more, have left.
        """
        c, (fast, slow), p = self.servers, self.rates, self.share
        ahead = np.zeros((MOST + 1, c + 1))
        for (n, short), share in self.steady.items():
            if n >= c:
                ahead[n - c, short] = share
        shorts = np.arange(c + 1)
        short_ends, long_ends = shorts * fast / (c * fast), (c - shorts) * slow / (c * fast)
        lasting = []
        while ahead.sum() > 1e-10:
            lasting.append(ahead.sum())
            after = ahead * (1 - short_ends - long_ends)
            first, second = ahead[1:] * short_ends, ahead[1:] * long_ends
            after[:-1] += first * p + second * (1 - p)
            after[:-1, :-1] += (first * (1 - p))[:, 1:]
            after[:-1, 1:] += (second * p)[:, :-1]
            ahead = after
        return np.array(lasting)

    def beyond(self, t: float) -> float:
        """Return the share of jobs that wait longer than t."""
        steps = np.arange(len(self._lasting))
        mean = self.servers * self.rates[0] * t
        logs = steps * math.log(mean) - mean - np.array([math.lgamma(n + 1) for n in steps]) if mean else None
        weights = np.exp(logs) if logs is not None else (steps == 0).astype(float)
        return float(weights @ self._lasting)

    def percentile(self, percent: float) -> float:
        """Return a percentile of the wait."""
        late = 1 - percent / 100
        if self.beyond(0.0) <= late:
            return 0.0
        low, high = 0.0, 200.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if self.beyond(middle) > late else (low, middle)
        return low
