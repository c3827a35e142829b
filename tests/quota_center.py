"""A center that is nothing but quotas, in virtual time: Kueue's cycle around the kernels that choose heads and victims.

Jobs that are evicted leave at once, lose all they have done, and wait with the place that they had.
"""

import heapq
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from onecenter_kernels.codes import VICTIM_RULES
from onecenter_kernels.cycle_fields import HEAD
from onecenter_kernels.heads import borrowing_level, next_head
from onecenter_kernels.preempting import choose_victims
from onecenter_kernels.quota import available, derive_quotas, use
from onecenter_kernels.quota_fields import CANDIDATE, PREEMPTOR
from onecenter_kernels.schema import dtype_of
from onecenter_kernels.state import Array, table
from onecenter_kernels.tournament import next_fair_head
from oracle_victims import Node
from victim_cases import quotas_of, tree_of

#: Jobs that run at once, at most.
MOST = 4096


class Demand(NamedTuple):
    """A job of a platform."""

    node: int
    submit: int
    run: int
    amount: int
    priority: int


class Sharing(NamedTuple):
    """As much of the state as the cycle reads."""

    tree: Array
    quotas: Array
    heads: Array
    candidates: Array
    preemptor: Array


class QuotaCenter:
    """Runs jobs until all have ended; `starts` lists when each job has started."""

    def __init__(
        self, nodes: Sequence[Node], jobs: Sequence[Demand], rule: str = "classical", strict: bool = False
    ) -> None:
        self.s = Sharing(
            tree_of(nodes),
            quotas_of(nodes, []),
            table(len(nodes), dtype_of(HEAD)),
            table(MOST, dtype_of(CANDIDATE)),
            table(1, dtype_of(PREEMPTOR)),
        )
        derive_quotas(self.s, 0)
        self.jobs, self.rule, self.strict = jobs, rule, strict
        self.waiting: dict[int, list[tuple[int, int, int]]] = {n: [] for n, node in enumerate(nodes) if node.platform}
        self.running: dict[int, int] = {}
        self.events: list[tuple[int, int, int]] = [(job.submit, 1, j) for j, job in enumerate(jobs)]
        self.starts: list[list[int]] = [[] for _ in jobs]
        self.end = 0
        heapq.heapify(self.events)

    def run(self) -> "QuotaCenter":
        """Make all steps."""
        while self.events:
            t = self.events[0][0]
            while self.events and self.events[0][0] == t:
                _, submits, j = heapq.heappop(self.events)
                if submits:
                    self.wait(j)
                elif self.running.get(j) == t:
                    self.leave(j)
                    self.end = t
            self.make_pass(t)
        return self

    def wait(self, j: int) -> None:
        """Put a job into the queue of its platform."""
        job = self.jobs[j]
        heapq.heappush(self.waiting[job.node], (-job.priority, job.submit, j))

    def take_out(self, j: int) -> None:
        """Take a job out of the queue."""
        job = self.jobs[j]
        queue = self.waiting[job.node]
        if queue[0][2] == j:
            heapq.heappop(queue)
        else:
            queue.remove((-job.priority, job.submit, j))
            heapq.heapify(queue)

    def leave(self, j: int) -> None:
        """Let a running job give back what it holds."""
        del self.running[j]
        use(self.s, self.jobs[j].node, 0, -self.jobs[j].amount)

    def make_pass(self, t: int) -> None:
        """Make cycles until none has a head left; a head that cannot start is put aside until the next pass."""
        self.evicted: set[int] = set()
        self.closed: set[int] = set()
        aside: list[int] = []
        while any(queue and n not in self.closed for n, queue in self.waiting.items()):
            for n in self.heads():
                j = int(self.s.heads[n]["job"])
                if j in self.evicted or not self.start(j, t):
                    self.take_out(j)
                    aside.append(j)
                    if self.strict:
                        self.closed.add(n)
        for j in aside:
            self.wait(j)

    def heads(self) -> Iterator[int]:
        """Yield the platforms with a job that is to be looked at, in the order of a cycle."""
        for n, queue in self.waiting.items():
            row = self.s.heads[n]
            row["open"] = bool(queue) and n not in self.closed
            if row["open"]:
                job = self.jobs[queue[0][2]]
                row["job"], row["amount"], row["priority"], row["since"] = (
                    queue[0][2],
                    job.amount,
                    job.priority,
                    job.submit,
                )
                row["level"] = borrowing_level(self.s, n, 0, job.amount)
        while (n := int(next_head(self.s) if self.rule == "classical" else next_fair_head(self.s))) >= 0:
            yield n

    def start(self, j: int, t: int) -> bool:
        """Start the first job of its platform, if need be in place of others; tell whether it could."""
        job = self.jobs[j]
        if job.amount > available(self.s, job.node, 0) and not self.evict_for(j):
            return False
        self.take_out(j)
        use(self.s, job.node, 0, job.amount)
        self.running[j] = t + job.run
        self.starts[j].append(t)
        heapq.heappush(self.events, (t + job.run, 0, j))
        return True

    def evict_for(self, j: int) -> bool:
        """Evict whom a job may evict; tell whether that gives it room."""
        job, asks = self.jobs[j], self.s.preemptor[0]
        asks["node"], asks["amount"], asks["priority"], asks["since"] = job.node, job.amount, job.priority, job.submit
        asks["rule"], asks["candidates"] = VICTIM_RULES.index(self.rule), len(self.running)
        for row, (k, end) in zip(self.s.candidates, self.running.items(), strict=False):
            other = self.jobs[k]
            row["job"], row["node"], row["amount"] = k, other.node, other.amount
            row["priority"], row["since"], row["admitted"] = other.priority, other.submit, end - other.run
        found = self.s.candidates["victim"][: choose_victims(self.s)]
        for k in self.s.candidates["job"][found].tolist():
            self.leave(k)
            self.wait(k)
            self.evicted.add(k)
        return len(found) > 0
