"""What the tasks of a run cannot use of what is idle: by hand, and against a plain loop over instants."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from by_hand import Log, job, nodes, simulated, table
from engines import by_core
from onecenter_kernels import codes
from oracle_room import DEVICE
from oracle_scores import Kind, Seen, fragment
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

import onecenter as oc
from onecenter.cli.main import main
from onecenter.experiments.comparison import pooled_fragmentation
from onecenter.fleet import NodeType
from onecenter.results.fragmentation import fragmentation
from onecenter.results.log import REFUSED
from onecenter.results.segments import fates, segments
from onecenter.results.window import Window
from onecenter.workload.table import Workload, type_order


def found(jobs: Workload, log: Log, fleet: Sequence[NodeType], window: Window) -> dict[str, Any]:
    """Return the figure, about all jobs that are not refused."""
    fate = fates(log, len(jobs))
    return fragmentation(jobs, fate.outcome != REFUSED, segments(log, fate.attempts), fleet, window)


#: A node of two accelerators besides another one.
FLEET = (nodes(2, 2),)

JOBS = (job(0, 10, 1), job(0, 4, 1), job(0, 2, 1), job(0, 6, 0.5), job(2, 3, 2))


def test_by_hand() -> None:
    """Three tasks of five ask one device, one asks half of one, one asks two.

    minute    0    5
    n0  0     AAAAAAAAAA
        1     BBBB......
    n1  0     CC....EEE.
        1     DDDDDDEEE.     D holds half of it

    From 0 to 2 half a device is left, of use to D's kind alone: F = 0.8 * 0.5. From 2 on n1 has a device more: the
    half is lost to the kind of A (0.6 * 0.5) and all of it to that of E (0.2 * 1.5). From 4 on n0 has one device, which
    only E's kind cannot use: 0.2 more. From 6 on there is that alone.
    """
    log = simulated(FLEET, JOBS)
    whole = found(table(JOBS), log, FLEET, Window(0, 10))
    lost = 2 * 0.4 + 2 * 0.6 + 2 * 0.8 + 4 * 0.2
    idle = 2 * 0.5 + 2 * 1.5 + 2 * 2.5 + 3 * 1 + 1 * 3
    assert whole == pytest.approx({"mean": lost / 10, "end": 0.2, "share": lost / idle})
    part = found(table(JOBS), log, FLEET, Window(3, 5))
    assert part == pytest.approx({"mean": 0.7, "end": 0.8, "share": 0.7 / 2})


def test_cpus_and_jobs_of_cpus_alone_count() -> None:
    # All is lost to the one that asks no accelerator, and to the one whose cpus are not there while the first runs.
    jobs = (job(0, 4, 1, cpus=3000), job(0, 2, 0, cpus=1000), job(0, 2, 1, cpus=2000))
    log = simulated((nodes(1, 2, cpus=4),), jobs)
    lost = 4 * (2 / 3 * 1 + 1 / 3 * 1)
    assert found(table(jobs), log, (nodes(1, 2, cpus=4),), Window(0, 4))["mean"] == pytest.approx(lost / 4)


def test_where_nothing_is_typical_or_nothing_is_idle() -> None:
    nothing = {"mean": None, "end": None, "share": None}
    refused = (job(0, 5, 9),)
    assert found(table(refused), simulated(FLEET, refused), FLEET, Window(0, 5)) == nothing
    full = (job(0, 5, 2), job(0, 5, 2))
    assert found(table(full), simulated(FLEET, full), FLEET, Window(0, 0)) == nothing
    assert found(table(full), simulated(FLEET, full), FLEET, Window(0, 5)) == {"mean": 0, "end": 0, "share": None}


def naive(scenario: RandomScenario, log: Log, window: Window) -> dict[str, float | None]:
    """Return the figure from a look at all nodes at every instant."""
    jobs, fleet = scenario.workload, scenario.fleet
    refused = {int(row["job"]) for row in log if row["kind"] == codes.E_REFUSE}
    kinds: Counter[Kind] = Counter()
    for j in range(len(jobs)):
        if j not in refused:
            types = tuple(type_order(int(jobs.types[j])))
            kinds[types, int(jobs.accelerators[j]), int(jobs.cpus[j])] += int(jobs.tasks[j])
    typical: dict[Kind, int] = {}
    for kind, count in kinds.most_common():
        if 100 * sum(typical.values()) < 95 * sum(kinds.values()):
            typical[kind] = count
    held: dict[int, list[tuple[int, ...]]] = {}
    total, idle, last = 0.0, 0.0, 0.0
    rows = log.tolist()
    inside = {row[0] for row in rows if window.warmup < row[0] < window.horizon}
    for t, until in pairwise(sorted({window.warmup, window.horizon, *inside})):
        while rows and rows[0][0] <= t:
            apply(rows.pop(0), held)
        seen = [left(scenario, held, n) for n in range(sum(kind.count for kind in fleet))]
        last = sum(count * fragment(at, kind, task) for at, kind in seen for task, count in typical.items())
        total += (until - t) * last
        idle += (until - t) * sum(at.left for at, _ in seen)
    weight = sum(typical.values())
    if not weight or not window.length:
        return {"mean": None, "end": None, "share": None}
    share = total / idle / weight if idle else None
    return {"mean": total / weight / DEVICE / window.length, "end": last / weight / DEVICE, "share": share}


def apply(row: tuple[int, ...], held: dict[int, list[tuple[int, ...]]]) -> None:
    """Note who holds what after a row of the log."""
    _, _, kind, number, node, device, amount, _ = row
    if kind == codes.E_START:
        held.setdefault(number, []).append((node, device, amount))
    elif kind in (codes.E_END, codes.E_KILL):
        del held[number]


def left(scenario: RandomScenario, held: dict[int, list[tuple[int, ...]]], node: int) -> tuple[Seen, int]:
    """Return what is left of a node, and its type."""
    kind = np.repeat(np.arange(len(scenario.fleet)), [each.count for each in scenario.fleet])[node]
    free, cpus = scenario.fleet[kind].accelerators, scenario.fleet[kind].cpus
    parts: Counter[int] = Counter()
    for number, rows in held.items():
        for on, device, amount in rows:
            if on == node:
                asked = int(scenario.workload.accelerators[number]) * amount
                cpus -= int(scenario.workload.cpus[number]) * amount
                if device >= 0:
                    parts[device] += asked
                else:
                    free -= asked // DEVICE
    broken = {device: DEVICE - taken for device, taken in parts.items() if taken < DEVICE}
    return Seen(free - len(parts), cpus, broken), int(kind)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("make", [random_scenario, mixed_scenario])
def test_a_plain_loop_over_instants_gives_the_same(make: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecenter.results.fragmentation.AT_ONCE", 1 + seed)
    scenario = make(seed)
    log = by_core(scenario)
    last = int(log["t"].max(initial=0)) + seed % 3
    for window in (Window(0, last), Window(last // 3, max(last // 3, last - last // 4))):
        expected = naive(scenario, log, window)
        assert found(scenario.workload, log, scenario.fleet, window) == pytest.approx(expected)


def test_every_comparison_and_run_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    expected = oc.run("tiny").fragmentation
    assert 0 < expected["share"] < 1
    assert main(["run", "tiny", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fragmentation"] == expected
    assert main(["compare", "tiny", "--policies", "fifo,easy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fragmentation"]["easy"] == expected
    assert main(["run", "tiny", "--fail-if", "fragmentation.mean > 0.3"]) == 1
    assert main(["compare", "tiny", "--policies", "fifo,easy", "--fail-if", "fragmentation.fifo.share > 99 %"]) == 0
    capsys.readouterr()


def test_replications_have_means_with_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [{"mean": value, "end": 1.0, "share": None} for value in (2.0, 3.0, 4.0)]
    pooled = pooled_fragmentation(parts)
    assert (pooled["mean"], pooled["end"], pooled["share"]) == (pytest.approx(3), pytest.approx(1), None)
    # t(0.975; 2) = 4.3027, standard deviation 1.
    assert pooled["mean_low"] == pytest.approx(3 - 4.3027 / 3**0.5, abs=1e-4)
    words = ["compare", "fragmentation", "--policies", "fifo,easy", "--replications", "2", "--json"]
    assert main([*words, "--set", 'time.horizon="3 d"', "--fail-if", "fragmentation.easy.share < 0"]) == 0
    found = json.loads(capsys.readouterr().out)["fragmentation"]
    assert found["easy"]["share_low"] < found["easy"]["share"] < found["easy"]["share_high"]
    assert 0 < found["easy"]["share"] < 1
