"""A center of 5,000 nodes: each start that is looked at is where the twin's placement rule puts it.

The twin works its rows out from all that runs, node by node and task by task, so only some starts of small jobs are
compared; the others are there to fill the center.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from onecenter_kernels import codes
from oracle_jobs import Job, jobs_of
from oracle_room import DEVICE, Claim, Piece, nodes_of, place, row_of
from random_scenarios import Seeded

from onecenter.engine.core import FOREVER, Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import Workload, type_code, workload

FLEET = (
    NodeType("large", 3_000, 8, cpus=64_000, memory=512, nodes_per_rack=16),
    NodeType("small", 2_000, 4, cpus=32_000, memory=256, nodes_per_rack=16),
)
NODES = nodes_of(FLEET)
JOBS, LOOKS = 4_000, 5


def crowded(seed: int, parts: bool) -> Workload:
    """Return jobs that ask for more than the center has, over 30 minutes."""
    choices, columns = Seeded(seed), defaultdict(list)
    for number in range(JOBS):
        fraction = parts and choices.chance(30)
        asked = {
            "submit": number * 450,
            "run": 60_000 * choices.pick((5, 10, 20, 40)),
            "accelerators": choices.pick((250, 500, 300)) if fraction else 1_000 * choices.pick((1, 2, 3, 4)),
            "tasks": choices.pick((1, 1, 2, 8, 20)),
            "cpus": choices.pick((0, 2_000, 8_000)),
            "memory": choices.pick((0, 16)),
            "types": choices.pick((type_code([0]), type_code([1, 0]))),
            "spread": int(not fraction and choices.chance(10)),
        }
        if asked["spread"]:
            asked |= {"accelerators": 1_000}
        for name, value in asked.items():
            columns[name].append(value)
    return workload(**columns, walltime=columns["run"])


class Start(NamedTuple):
    """The rows of a start, and the claims of all that ran just before it."""

    job: int
    pieces: list[Piece]
    claims: list[Claim]


class Running:
    """What runs, as the log is read: the claims, and what is left of each device."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self.claims: dict[int, Claim] = {}
        self.left = [[DEVICE] * node.accelerators for node in NODES]

    def start(self, job: int, pieces: list[Piece], t: int) -> None:
        """Let a job hold its pieces; whole accelerators are the lowest devices that are empty."""
        demand = self.jobs[job].demand
        devices = None if demand.is_fraction else tuple(self._lowest(pieces, demand.whole))
        self.claims[job] = Claim(demand, tuple(pieces), t, t + self.jobs[job].walltime, devices)
        self._add(self.claims[job], -1)

    def end(self, job: int) -> None:
        """Give back what a job held."""
        self._add(self.claims.pop(job), 1)

    def _lowest(self, pieces: list[Piece], whole: int) -> Iterator[tuple[int, int]]:
        for piece in pieces:
            empty = [device for device, left in enumerate(self.left[piece.node]) if left == DEVICE]
            yield from ((piece.node, device) for device in empty[: piece.amount * whole])

    def _add(self, claim: Claim, sign: int) -> None:
        for node, device in claim.devices or ():
            self.left[node][device] += sign * DEVICE
        for piece in claim.pieces if claim.devices is None else ():
            self.left[piece.node][piece.device] += sign * piece.amount * claim.demand.accelerators


def starts_of(log: Any) -> Any:
    """Return the first rows of all starts."""
    begins = log["kind"] == codes.E_START
    again = begins[1:] & begins[:-1] & (log["job"][1:] == log["job"][:-1])
    return np.flatnonzero(begins & ~np.append(False, again))


def chosen_starts(log: Any, jobs: list[Job], seed: int) -> Iterator[Start]:
    """Give some starts of jobs of one or two tasks, from the busy half of a log, with what ran before each."""
    firsts = starts_of(log)
    asked = [jobs[job].demand for job in log["job"][firsts].tolist()]
    few = [place for place, demand in enumerate(asked) if demand.tasks < 3 and not demand.anywhere]
    busy = [place for place in few if len(firsts) // 4 <= place < 3 * len(firsts) // 4]
    wanted = set(firsts[np.random.default_rng(seed).choice(busy, LOOKS, replace=False)].tolist())
    running, ends = Running(jobs), np.append(firsts[1:], len(log))
    last_of = dict(zip(firsts.tolist(), ends.tolist(), strict=True))
    for row, (t, _, kind, job, *_) in enumerate(log.tolist()):
        if kind in (codes.E_END, codes.E_KILL):
            running.end(job)
        elif row in last_of:
            mine = [each for each in log[row : last_of[row]].tolist() if each[2:4] == (kind, job)]
            pieces = [Piece(*each[4:7]) for each in mine]
            if row in wanted:
                yield Start(job, pieces, list(running.claims.values()))
            running.start(job, pieces, t)


def placed(job: Job, claims: list[Claim], placement: str) -> list[Piece] | None:
    """Return where the twin places a job on what the claims leave, on the first of its node types that holds it."""
    row = row_of(NODES, claims, now=True)
    for number in job.types:
        pieces = place([node for node in NODES if node.type == number], [row], job.demand, placement)
        if pieces is not None:
            return pieces
    return None


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("placement", ["first-fit", "best-fit", "worst-fit"])
def test_starts_are_where_the_rule_puts_them(placement: str, parts: bool) -> None:
    table = crowded(len(placement), parts)
    core = Core(FLEET, Policy(backfill="none", placement=placement), table)
    core.advance(FOREVER)
    jobs = jobs_of(table, 0)
    assert parts or (core.jobs["start"] > core.jobs["submit"]).any()
    starts = list(chosen_starts(core.log, jobs, 3))
    assert len(starts) == LOOKS
    for start in starts:
        assert start.pieces == placed(jobs[start.job], start.claims, placement)


def test_no_node_ever_holds_more_than_it_has() -> None:
    table = crowded(6, parts=False)
    core = Core(FLEET, Policy(backfill="easy", placement="best-fit"), table)
    core.advance(FOREVER)
    log, free = core.log, np.array([node.accelerators for node in NODES])
    rows: dict[int, list[Any]] = defaultdict(list)
    for entry in log[np.isin(log["kind"], (codes.E_START, codes.E_END, codes.E_KILL))]:
        job = int(entry["job"])
        if entry["kind"] == codes.E_START:
            free[entry["node"]] -= entry["amount"] * table.accelerators[job] // 1_000
            assert free[entry["node"]] >= 0
            rows[job].append(entry)
        else:
            for held in rows.pop(job):
                free[held["node"]] += held["amount"] * table.accelerators[job] // 1_000
    assert free.tolist() == [node.accelerators for node in NODES]
    assert rows == {}
