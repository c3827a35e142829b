"""The core against queueing theory: mean waits in steady state, and Little's law."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from engines import Log, by_core
from onecenter_kernels import codes
from queues import CUT, Interval, Queue, constant, erlang_c, exponential, interval, lognormal
from random_scenarios import random_scenario

from onecenter.fleet import NodeType
from onecenter.results.segments import fates
from onecenter.results.series import series_table, time_integrals
from onecenter.results.tables import jobs_table
from onecenter.results.window import Window
from onecenter.workload.table import Workload

#: Chosen before looking; the fresh ones are for a queue whose formula lies outside with the first.
SEEDS, FRESH_SEEDS = range(1, 21), range(21, 41)

QUEUES = {
    "M/M/1 at 0.5": Queue(1, (0.5,), exponential, 50_000, 0),
    "M/M/1 at 0.8": Queue(1, (0.8,), exponential, 200_000, 1),
    "M/M/1 at 0.95": Queue(1, (0.95,), exponential, 250_000, 2),
    "M/M/8 at 0.5": Queue(8, (0.5,), exponential, 250_000, 3),
    "M/M/8 at 0.8": Queue(8, (0.8,), exponential, 250_000, 4),
    "M/M/8 at 0.95": Queue(8, (0.95,), exponential, 250_000, 5),
    "M/M/64 at 0.9": Queue(64, (0.9,), exponential, 250_000, 6),
    "M/M/64 at 0.95": Queue(64, (0.95,), exponential, 400_000, 7),
    "M/D/1 at 0.5": Queue(1, (0.5,), constant, 50_000, 8),
    "M/D/1 at 0.8": Queue(1, (0.8,), constant, 100_000, 9),
    "M/G/1 at 0.5, lognormal": Queue(1, (0.5,), lognormal, 150_000, 10),
    "M/G/1 at 0.8, lognormal": Queue(1, (0.8,), lognormal, 250_000, 11),
    "M/M/1 at 0.8, two priorities": Queue(1, (0.3, 0.5), exponential, 150_000, 12),
    "M/M/4 at 0.8, two priorities": Queue(4, (0.4, 0.4), exponential, 250_000, 13),
}

#: Those of the fast tests.
QUICK = ("M/M/1 at 0.5", "M/M/1 at 0.8", "M/D/1 at 0.5", "M/M/1 at 0.8, two priorities")
EACH = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in QUEUES]


@cache
def measured(name: str, seeds: range = SEEDS) -> Interval:
    """Return the interval of a queue's mean waits."""
    return interval([QUEUES[name].mean_waits(seed) for seed in seeds])


@pytest.mark.parametrize("name", QUICK)
def test_a_formula_lies_in_the_interval(name: str) -> None:
    assert measured(name).holds(QUEUES[name].expected())


@pytest.mark.parametrize("name", EACH)
def test_the_interval_is_narrow(name: str) -> None:
    queue = QUEUES[name]
    widest = 0.03 if queue.load <= 0.8 else 0.08
    assert (measured(name).half < widest * queue.expected()).all()


@pytest.mark.slow
def test_the_formulae_lie_in_the_intervals() -> None:
    outside = [name for name, queue in QUEUES.items() if not measured(name).holds(queue.expected())]
    assert len(outside) <= 1
    assert [name for name in outside if not measured(name, FRESH_SEEDS).holds(QUEUES[name].expected())] == []


@pytest.mark.parametrize(
    ("servers", "load", "expected"),
    # One server: the load. Two servers at 0.5: 1/3. Ten at 0.8: as tables have it.
    [(1, 0.3, 0.3), (1, 0.95, 0.95), (2, 0.5, 1 / 3), (3, 2 / 3, 4 / 9), (10, 0.8, 0.40918)],
)
def test_erlang_c(servers: int, load: float, expected: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(expected, abs=5e-6)


# ---- Little's law: what waits and runs, integrated over time, is the sum of the times that jobs wait and run.


def areas(series: pl.DataFrame, platforms: tuple[str, ...], window: Window) -> dict[str, tuple[int, int]]:
    """Return by platform the integrals of jobs waiting and jobs running over the window (ms)."""
    found = [time_integrals(series, column, window.warmup, window.horizon) for column in ("waiting", "running")]
    return {name: (found[0].get(name, 0), found[1].get(name, 0)) for name in platforms}


def stays(jobs: pl.DataFrame, platforms: tuple[str, ...], window: Window) -> dict[str, tuple[int, int]]:
    """Return by platform the time that jobs waited in the queue and ran in the window, summed (ms)."""
    low, high = pl.lit(window.warmup), pl.lit(window.horizon)
    end = pl.min_horizontal(pl.col("end_ms").fill_null(high), high)
    start = pl.min_horizontal(pl.col("start_ms").fill_null(end), end)
    here = jobs.filter(~pl.col("outcome").cast(pl.String).is_in(["refused", "future"]))
    sums = here.group_by(pl.col("platform").cast(pl.String)).agg(
        waited=(start - pl.max_horizontal(pl.col("eligible_ms").fill_null(start), low)).clip(0).sum(),
        ran=(end - pl.max_horizontal(start, low)).clip(0).sum(),
    )
    rows = {name: (waited, ran) for name, waited, ran in sums.iter_rows()}
    return {name: rows.get(name, (0, 0)) for name in platforms}


def check_littles_law(log: Log, jobs: Workload, fleet: tuple[NodeType, ...], window: Window) -> int:
    """Fail unless both ways agree to the millisecond on each platform and in all; return the sum."""
    fate = fates(log, len(jobs))
    left = areas(series_table(jobs, log), jobs.platforms, window)
    right = stays(jobs_table(jobs, fate, fleet, window, window.horizon), jobs.platforms, window)
    assert left == right
    everyone = replace(jobs, platform=np.zeros_like(jobs.platform), platforms=("all",))
    in_all = sum(map(sum, left.values()))
    assert sum(areas(series_table(everyone, log), ("all",), window)["all"]) == in_all
    return in_all


@pytest.mark.parametrize("seed", range(60))
def test_littles_law_on_random_scenarios(seed: int) -> None:
    scenario = random_scenario(seed)
    generator = np.random.default_rng(seed)
    which = generator.integers(0, 3, len(scenario.workload)).astype(np.int32)
    jobs = replace(scenario.workload, platform=which, platforms=("a", "b", "c"))
    log = by_core(scenario)
    last = int(log["t"].max(initial=0)) + 1
    total = 0
    for low, high in ((0, last), *np.sort(generator.integers(0, last + 1, (3, 2))).tolist()):
        # A log shows no more than what was before its horizon.
        seen = log[log["t"] < high]
        total += check_littles_law(seen, jobs, scenario.fleet, Window(low, high))
    assert (total > 0) == bool((log["kind"] == codes.E_SUBMIT).any())


def test_littles_law_on_a_long_queue() -> None:
    queue = replace(QUEUES["M/M/8 at 0.95"], jobs=50_000)
    jobs = queue.workload(1)
    window = Window(math.ceil(CUT * queue.relaxation), int(jobs.submit[-1]))
    log = queue.run(jobs).log
    in_all = check_littles_law(log[log["t"] < window.horizon], jobs, queue.fleet, window)
    # Eight servers at 0.95 hold 7.6 jobs on average, and those that wait beside them.
    assert in_all > 7 * window.length
