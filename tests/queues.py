"""Queues whose mean wait a formula gives, and the same queues run by the core.

Times are in ms. A queue is one node of as many accelerators as it has servers; every job takes one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onecenter.engine.core import FOREVER, Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import Workload, workload

Floats = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]

#: Mean service time.
SERVICE = 200_000

#: Jobs that come earlier than so many relaxation times after the start, at which the queue is empty, are left out.
CUT = 10


def exponential(generator: np.random.Generator, count: int) -> Floats:
    """Draw exponential service times."""
    return generator.exponential(SERVICE, count)


def constant(generator: np.random.Generator, count: int) -> Floats:
    """Return equal service times."""
    return np.full(count, float(SERVICE))


def lognormal(generator: np.random.Generator, count: int) -> Floats:
    """Draw lognormal service times of sigma 1: squared coefficient of variation e - 1."""
    return generator.lognormal(math.log(SERVICE) - 0.5, 1.0, count)


#: Squared coefficient of variation of each kind of service time.
VARIATION: dict[Draw, float] = {exponential: 1.0, constant: 0.0, lognormal: math.e - 1}


@dataclass(frozen=True)
class Queue:
    """A queue with Poisson arrivals.

    Attributes
    ----------
    servers : int
        Servers.
    loads : tuple of float
        Load that each class brings (of all servers), the class that goes first, first.
    service : function
        Draws the service times, of mean `SERVICE`.
    jobs : int
        Jobs a replication.
    number : int
        Part of the seed: queues of other numbers draw independently, so that chance cannot push all of them one way.
    """

    servers: int
    loads: tuple[float, ...]
    service: Draw
    jobs: int
    number: int

    @property
    def load(self) -> float:
        """Offered load of a server."""
        return sum(self.loads)

    @property
    def relaxation(self) -> float:
        """Time in which the memory of an empty start fades by a factor e.

        M/M/c: 1 / (sqrt(c mu) - sqrt(lambda))^2, and never below 1 / mu (J. W. Cohen, The Single Server Queue,
        1982, for c = 1; E. A. van Doorn, Stochastic Monotonicity and Queueing Applications of Birth-Death
        Processes, 1981, for c servers). Other service times: times (1 + squared coefficient of variation) / 2, as
        in heavy traffic (W. Whitt, Operations Research 37 (1989) 1341-1366), if that is more than 1.
        """
        spread = max(1.0, (1 + VARIATION[self.service]) / 2)
        return SERVICE * spread * max(1.0, 1 / (self.servers * (1 - math.sqrt(self.load)) ** 2))

    def workload(self, seed: int) -> Workload:
        """Draw the jobs of one replication, from a stream of its own for each purpose."""
        streams = np.random.SeedSequence((seed, self.number)).spawn(3)
        gaps, services, classes = (np.random.Generator(np.random.Philox(stream)) for stream in streams)
        submit = np.cumsum(gaps.exponential(SERVICE / (self.servers * self.load), self.jobs))
        run = np.maximum(np.ceil(self.service(services, self.jobs)), 1)
        edges = np.cumsum(self.loads) / self.load
        rank = np.searchsorted(edges[:-1], classes.random(self.jobs), side="right")
        urgency = len(self.loads) - rank
        return workload(submit=np.ceil(submit), run=run, walltime=run, accelerators=1000, priority=urgency)

    @property
    def fleet(self) -> tuple[NodeType, ...]:
        """One node."""
        return (NodeType("servers", 1, self.servers),)

    def run(self, jobs: Workload) -> Core:
        """Return the core after all jobs have ended."""
        order = "fifo" if len(self.loads) == 1 else "priority"
        policy = Policy(order=order, backfill="none", placement="first-fit")
        core = Core(self.fleet, policy, jobs)
        core.advance(FOREVER)
        return core

    def mean_waits(self, seed: int) -> Floats:
        """Return each class's mean wait (ms) in one replication."""
        done = self.run(self.workload(seed)).jobs
        wait = done["start"] - done["submit"]
        late = done["submit"] >= CUT * self.relaxation
        ranks = range(len(self.loads))
        return np.array([wait[late & (done["priority"] == len(self.loads) - rank)].mean() for rank in ranks])

    def expected(self) -> Floats:
        """Return what the formulae say of each class's mean wait (ms).

        Several classes: two or more non-preemptive priorities of one exponential service time (A. Cobham,
        Operations Research 2 (1954) 70-76). One server: Pollaczek-Khinchine. Else M/M/c.
        """
        ahead = np.cumsum([0.0, *self.loads])
        if self.service is exponential:
            found = erlang_c(self.servers, self.load) * SERVICE / self.servers / ((1 - ahead[:-1]) * (1 - ahead[1:]))
            return np.asarray(found)
        assert self.servers == 1
        return np.array([self.load * SERVICE * (1 + VARIATION[self.service]) / 2 / (1 - self.load)])


def erlang_c(servers: int, load: float) -> float:
    """Return the share of jobs that wait in M/M/c, through Erlang's B (L. Kleinrock, Queueing Systems 1, 1975, 3.5)."""
    lost = 1.0
    for server in range(1, servers + 1):
        lost = servers * load * lost / (server + servers * load * lost)
    return lost / (1 - load * (1 - lost))


class Interval(NamedTuple):
    """A mean over replications, and half the width of its interval."""

    mean: Floats
    half: Floats

    def holds(self, value: Floats) -> bool:
        """Whether it holds the value of every class."""
        return bool((np.abs(value - self.mean) <= self.half).all())


def interval(replications: Sequence[Floats], confidence: float = 0.99) -> Interval:
    """Return the t interval of each class's mean over independent replications."""
    from scipy.stats import t

    count = len(replications)
    quantile = t.ppf((1 + confidence) / 2, count - 1)
    return Interval(np.mean(replications, axis=0), quantile * np.std(replications, axis=0, ddof=1) / math.sqrt(count))
