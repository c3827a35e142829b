"""Scenarios with demand, for tests of the workload."""

import copy
from typing import Any

import numpy as np

from onecenter.scenario.model import Scenario
from onecenter.workload.draws import Draws, Floats, Jobs
from onecenter.workload.table import COLUMNS, Workload

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
DAY = 24 * HOUR
RARE = 1e-4
MANY = 50_000

Raw = dict[str, Any]

#: A small center with two platforms, one of them with a drawn stream of every feature.
BASE: Raw = {
    "name": "base",
    "time": {"start": "2026-03-02T00:00:00+08:00", "horizon": "10 d", "seed": 11},
    "center": {
        "nodes": {
            "new": {"count": 4, "accelerators": 8, "cpus": 192, "memory": "1 TiB"},
            "old": {"count": 8, "accelerators": 8, "cpus": 96, "memory": "512 GiB"},
        }
    },
    "platforms": {
        "public": {
            "priority": 3,
            "demand": {
                "batch": {
                    "node_types": ["old", "new"],
                    "arrivals": {
                        "kind": "poisson",
                        "rate": "20 / h",
                        "hours": list(range(1, 25)),
                        "burst": {"shape": 1.6, "every": "1 h", "correlation": 0.5},
                    },
                    "sizes": [
                        {"share": 0.5, "accelerators": 1, "cpus": 4, "memory": "16 GiB"},
                        {"share": 0.3, "accelerators": 0.5},
                        {"share": 0.2, "accelerators": 1, "tasks": 12, "spread": "any"},
                    ],
                    "run_time": {"kind": "lognormal", "median": "20 min", "sigma": 1.5, "cap": "2 d"},
                    "walltime": {"factor": [1.5, 4.0], "round": ["10 min", "1 h"], "limit": "1 d"},
                    "outcome": {
                        "cancelled": {"share": 0.2, "used": [0.0, 1.0]},
                        "failed": {"share": 0.1, "used": [0.0, 0.5]},
                    },
                    "tenants": {"count": 50, "zipf": 1.1},
                    "deadline": {"factor": 3.0},
                    "patience": "4 h",
                },
            },
        },
        "talent": {
            "priority": 10,
            "demand": {
                "courses": {
                    "arrivals": {
                        "kind": "timetable",
                        "slots": ["mon 08:00", "wed 14:00"],
                        "roster": 40,
                        "attendance": 0.9,
                        "jitter": "5 min",
                    },
                    "sizes": [{"accelerators": 0.5}],
                    "run_time": {"kind": "exponential", "mean": "1 h"},
                },
            },
        },
    },
}


def raw(**changes: Any) -> Raw:
    """Return BASE with changes, a dotted path with __ for each dot."""
    changed = copy.deepcopy(BASE)
    for path, value in changes.items():
        *tables, key = path.split("__")
        table = changed
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = value
    return changed


def scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate(raw(**changes))


def one_stream(horizon: str = "10 d", **stream: Any) -> Scenario:
    drawn: Raw = {
        "arrivals": {"kind": "poisson", "rate": "10 / h"},
        "sizes": [{"accelerators": 1}],
        "run_time": {"kind": "constant", "value": "1 h"},
    }
    made = raw(platforms={"p": {"priority": 7, "demand": {"s": drawn | stream}}})
    made["time"]["horizon"] = horizon
    return Scenario.model_validate(made)


def listed(*jobs: Raw) -> Raw:
    return {"jobs": [{"accelerators": 1, "run_time": "1 h"} | job for job in jobs]}


def uniforms(purpose: str) -> Floats:
    return Draws(5, "p", "s").of(Jobs(((0, MANY),)))(purpose)


def columns_of(jobs: Workload, stream: str) -> dict[str, list[int]]:
    """Return a stream's jobs by column, without what says where it stands among the others."""
    rows = np.flatnonzero(jobs.stream == jobs.streams.index(stream))
    picked = jobs.take(rows)
    return {name: getattr(picked, name).tolist() for name in COLUMNS if name not in {"platform", "stream"}}


THIRD: Raw = {
    "arrivals": {"kind": "poisson", "rate": "5 / h"},
    "sizes": [{"accelerators": 1}],
    "run_time": {"kind": "constant", "value": "1 h"},
}
