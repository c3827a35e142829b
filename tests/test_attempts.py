"""Logs in which jobs are evicted as chance has it: attempts and waits against a reading row by row."""

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hand import log_of
from onecenter_kernels import codes
from oracle import simulate
from random_scenarios import Seeded, random_scenario

from onecenter.results.log import FATES
from onecenter.results.segments import fates, segments
from onecenter.results.tables import nodes_table
from onecenter.results.waits import waits, waits_again
from onecenter.results.window import Window, whole_run
from onecenter.units import HOUR


def a_log(seed: int) -> Any:
    """Return the log of five jobs that come, start, are evicted and end as chance has it, each on up to three nodes."""
    choices, rows, states = Seeded(seed), [], dict.fromkeys(range(5), "future")
    follow = {"future": ("submit", "submit", "refuse"), "queued": ("start", "start", "cancel"), "on": CLOSING}
    after = {"submit": "queued", "start": "on", "requeue": "queued"}
    for t in range(60):
        job = choices.pick(range(5))
        if states[job] not in follow:
            continue
        kind = choices.pick(follow[states[job]])
        states[job] = after.get(kind, "gone")
        if kind == "start":
            rows += [(t, kind, job, node, 1) for node in range(choices.pick((1, 2, 3)))]
        else:
            rows.append((t, kind, job, *(["failed"] if kind == "end" else [])))
    return log_of(rows)


CLOSING = ("end", "kill", "requeue", "requeue", "requeue")


def one_by_one(log: Any) -> tuple[dict[int, list[tuple[int, int, str]]], dict[int, list[tuple[int, int]]]]:
    """Return by job its attempts (start, end, how) and its waits (from, to), read row by row."""
    stays, waited = defaultdict(list), defaultdict(list)
    for row in log:
        t, job, kind = int(row["t"]), int(row["job"]), codes.EVENTS[row["kind"]]
        if kind in ("submit", "requeue"):
            waited[job].append((t, -1))
        if kind in ("start", "cancel") and waited[job] and waited[job][-1][1] < 0:
            waited[job][-1] = (waited[job][-1][0], t)
            if kind == "start":
                stays[job].append((t, -1, "running"))
        if kind in ("end", "kill", "requeue"):
            how = {"end": codes.ENDINGS[row["reason"]], "kill": "killed", "requeue": "requeued"}[kind]
            stays[job][-1] = (stays[job][-1][0], t, how)
    return {job: each for job, each in stays.items() if each}, {job: each for job, each in waited.items() if each}


@pytest.mark.parametrize("seed", range(40))
def test_attempts_and_waits_are_those_that_are_found_row_by_row(seed: int) -> None:
    log = a_log(seed)
    fate, (stays, waited) = fates(log, 5), one_by_one(log)
    found = defaultdict(list)
    for job, _, start, end, how in zip(*fate.attempts, strict=True):
        found[int(job)].append((int(start), int(end), FATES[how]))
    assert found == stays
    spells = defaultdict(list)
    for job, begin, end in zip(*waits(fate), strict=True):
        spells[int(job)].append((int(begin), int(end)))
    assert spells == waited
    assert len(waits_again(fate).job) == sum(len(times) - 1 for times in waited.values())
    parts = segments(log, fate.attempts)
    listed = [(int(row["job"]), int(row["t"]), int(row["node"])) for row in log if row["kind"] == codes.E_START]
    assert list(zip(parts.job.tolist(), parts.start.tolist(), parts.node.tolist(), strict=True)) == listed
    ends = [stays[job][number][1] for job, number in zip(parts.job.tolist(), parts.attempt.tolist(), strict=True)]
    assert parts.end.tolist() == ends


@pytest.mark.parametrize("seed", range(12))
def test_idle_and_held_are_the_capacity_of_each_node(seed: int) -> None:
    """In integers; what is idle is added up row by row from what is free."""
    scenario = random_scenario(seed)
    log, jobs = simulate(*scenario), scenario.workload
    window = whole_run(log) if scenario.horizon is None else Window(0, scenario.horizon)
    size = np.array([kind.accelerators * 1_000 for kind in scenario.fleet for _ in range(kind.count)])
    free, idle, placed, before = size.copy(), np.zeros(len(size), np.int64), defaultdict(list), window.warmup
    for row in log:
        job, now = int(row["job"]), min(max(int(row["t"]), window.warmup), window.horizon)
        idle, before = idle + free * (now - before), now
        if row["kind"] == codes.E_START:
            placed[job].append((int(row["node"]), int(row["amount"] * jobs.accelerators[job])))
            free[placed[job][-1][0]] -= placed[job][-1][1]
        elif row["kind"] in (codes.E_END, codes.E_KILL):
            for node, amount in placed[job]:
                free[node] += amount
    idle += free * (window.horizon - before)
    table = nodes_table(jobs, segments(log, fates(log, len(jobs)).attempts), scenario.fleet, window)
    held = np.round(table["accelerator_hours"].to_numpy() * 1_000 * HOUR).astype(np.int64)
    assert (idle + held).tolist() == (size * window.length).tolist()
