"""Small random scenarios with demand: all kinds of arrivals, sizes that may not fit, patience, deadlines, targets.

A scenario is a function of its number. Some are overloaded, some have platforms whose jobs can never run.
"""

from collections.abc import Callable
from typing import Any, Final

from onecenter_kernels.codes import BACKFILLS, ORDERS, PLACEMENTS
from random_scenarios import Seeded

from onecenter.scenario import Scenario, from_dict

Raw = dict[str, Any]

#: 2026-03-02 is a Monday; hours of classes lie in its first half-day.
START: Final = "2026-03-02T07:30:00+08:00"


def random_center(number: int) -> Scenario:
    """Return the scenario of a number, about a hundred jobs in half a day."""
    choices = Seeded(number)
    types = ["big", "small"][: choices.pick((1, 2))]
    raw = {
        "name": f"random-{number}",
        "time": {
            "start": START,
            "horizon": choices.pick(("6 h", "9 h", "250 min")),
            "warmup": choices.pick(("0 s", "0 s", "1 h", "77 min")),
            "seed": number,
        },
        "center": {"nodes": {name: _nodes(choices) for name in types}},
        "platforms": {
            name: _platform(choices, types) for name in ("alpha", "beta", "gamma")[: choices.pick((1, 2, 3))]
        },
        "policy": {
            "order": choices.pick(ORDERS),
            "backfill": choices.pick((*BACKFILLS, "none", "easy")),
            "placement": choices.pick(PLACEMENTS),
        },
    }
    return from_dict(raw, raw["name"])


def _nodes(choices: Seeded) -> Raw:
    return {
        "count": choices.pick((1, 2, 3, 5)),
        "accelerators": choices.pick((1, 2, 4)),
        "cpus": choices.pick((8, 16)),
        "memory": "64 GiB",
    }


def _platform(choices: Seeded, types: list[str]) -> Raw:
    streams: Raw = {f"s{i}": STREAMS[choices.pick(list(STREAMS))](choices) for i in range(choices.pick((1, 1, 2)))}
    for stream in streams.values():
        if choices.chance(25):
            stream["patience"] = choices.pick(("5 min", "1 h"))
        if choices.chance(40):
            stream["deadline"] = choices.pick(({"factor": 2.0}, {"after": "2 h"}))
        if choices.chance(30):
            stream["node_types"] = [choices.pick(types)]
    found: Raw = {"demand": streams, "priority": choices.pick((0, 0, 5))}
    if choices.chance(75):
        found["wait"] = {choices.pick(("p50", "p90", "p95")): choices.pick(("0 s", "10 min", "2 h"))}
    if choices.chance(25):
        found["expansion"] = {"p90": choices.pick((1.5, 3.0))}
    if choices.chance(30):
        found["sizes"] = [
            {"max_accelerators": 1, "wait": {"p90": "20 min"}},
            {"max_accelerators": 8, "wait": {"p80": "1 h"}},
        ]
    return found


def _sizes(choices: Seeded) -> list[Raw]:
    large = {"accelerators": choices.pick((1, 2, 4)), "tasks": choices.pick((1, 2, 6))}
    small = choices.pick(({"accelerators": 1}, {"accelerators": 0.25}, {"accelerators": 0, "cpus": 1}))
    anywhere = {"accelerators": 1, "tasks": 3, "spread": "any"}
    share = choices.pick((0.1, 0.4, 1.0))
    return [large | {"share": share}, choices.pick((small, anywhere)) | {"share": 1.0 - share}]


def _drawn(choices: Seeded, arrivals: Raw) -> Raw:
    run_time = choices.pick(
        (
            {"kind": "exponential", "mean": "20 min"},
            {"kind": "lognormal", "median": "15 min", "sigma": 1.5, "cap": "1 d"},
            {"kind": "constant", "value": "1 h"},
        )
    )
    found: Raw = {"arrivals": arrivals, "sizes": _sizes(choices), "run_time": run_time}
    if choices.chance(50):
        found["walltime"] = {"factor": [0.8, 3.0], "limit": "1 d"}
        found["outcome"] = {"cancelled": {"share": 0.2}, "failed": {"share": 0.1, "used": [0.0, 0.5]}}
    return found


def _poisson(choices: Seeded) -> Raw:
    return _drawn(choices, {"kind": "poisson", "rate": choices.pick(("2 / h", "5 / h", "15 / h"))})


def _bursty(choices: Seeded) -> Raw:
    burst = {"shape": 1.2, "every": choices.pick(("20 min", "1 h")), "correlation": 0.5}
    arrivals: Raw = {"kind": "poisson", "rate": "5 / h", "burst": burst}
    if choices.chance(50):
        arrivals["hours"] = [1.0 + hour % 3 for hour in range(24)]
        arrivals["weekdays"] = [3, 1, 1, 1, 1, 0, 0]
    return _drawn(choices, arrivals)


def _timetable(choices: Seeded) -> Raw:
    slots = choices.pick((["mon 08:00"], ["mon 09:00", "mon 14:00", "tue 08:00"]))
    spec = {"kind": "timetable", "slots": slots, "roster": choices.pick((5, 25)), "attendance": 0.9, "jitter": "5 min"}
    return _drawn(choices, spec)


def _listed(choices: Seeded) -> Raw:
    jobs = [
        {
            "submit": f"{choices.pick((0, 10, 70, 75, 240, 300, 420, 800))} min",
            "run_time": f"{choices.pick((5, 30, 90))} min",
            "accelerators": choices.pick((1, 2, 0.5)),
            "tasks": choices.pick((1, 1, 3)),
        }
        for _ in range(choices.pick((1, 3, 8)))
    ]
    return {"jobs": jobs}


STREAMS: Final[dict[str, Callable[[Seeded], Raw]]] = {
    "poisson": _poisson,
    "bursty": _bursty,
    "timetable": _timetable,
    "listed": _listed,
}
