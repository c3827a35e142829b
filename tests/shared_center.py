"""Small scenarios of platforms that share a center: TOML for the sharing, a line for each job, times in minutes."""

import tomllib
from dataclasses import dataclass, replace
from typing import Any

from onecenter_kernels import codes

import onecenter as oc
from onecenter.scenario import Scenario, from_dict
from onecenter.simulation.result import Result

MINUTE = 60_000

TIME = 'time = { start = "2026-03-02T00:00:00+08:00", zone = "Asia/Shanghai", horizon = "2 h" }\n'
POLICY = {"backfill": "none", "placement": "first-fit"}

Span = tuple[int | None, int | None]

#: One node of eight accelerators; x and y own four each.
HALVES = """
center = { nodes = { n = { count = 1, accelerators = 8 } } }
platforms = { x = { quota = { nominal = { n = 4 } } }, y = { quota = { nominal = { n = 4 } } } }
"""


def halves(x: str = "", y: str = "", rest: str = "") -> str:
    """Return the same with more in the quotas of x and y."""
    given = {"x": x, "y": y}.items()
    quotas = ", ".join(f"{name} = {{ quota = {{ nominal = {{ n = 4 }}{more} }} }}" for name, more in given)
    return f"center.nodes.n = {{ count = 1, accelerators = 8 }}\nplatforms = {{ {quotas} }}\n{rest}"


def raw_of(text: str, jobs: str) -> dict[str, Any]:
    """Return a scenario's tables; a line of `jobs` is "A x 0 4 2": its name, platform, submit, run time, accelerators.

    "x.s" is stream s of platform x, else it is stream jobs; what follows are further keys, "tasks=2 walltime=9".
    """
    raw: dict[str, Any] = tomllib.loads(TIME + text)
    raw["policy"] = POLICY | raw.get("policy", {})
    for line in jobs.strip().splitlines():
        name, owner, submit, run, accelerators, *more = line.split()
        platform, _, stream = owner.partition(".")
        job: dict[str, Any] = {"name": name, "submit": f"{submit} min", "run_time": f"{run} min"}
        job["accelerators"] = float(accelerators) if "." in accelerators else int(accelerators)
        for key, _, value in (part.partition("=") for part in more):
            job[key] = f"{value} min" if key == "walltime" else int(value) if value.isdigit() else value
        demand = raw["platforms"].setdefault(platform, {}).setdefault("demand", {})
        demand.setdefault(stream or "jobs", {}).setdefault("jobs", []).append(job)
    return raw


@dataclass(frozen=True)
class Solved:
    """A run, and the names of its jobs by id."""

    result: Result
    names: list[str]

    @property
    def spans(self) -> dict[str, Span]:
        """By name the first start and the last end, in minutes."""
        times = self.result.jobs.select("start_ms", "end_ms").rows()
        return {name: tuple(map(minutes, span)) for name, span in zip(self.names, times, strict=True)}  # type: ignore[misc]

    @property
    def outcomes(self) -> dict[str, str]:
        """By name what became of it."""
        return dict(zip(self.names, self.result.jobs["outcome"], strict=True))

    @property
    def rows(self) -> list[tuple[int, str, str]]:
        """The rows of the log as (minute, kind, name); a change has no job, several starts of a job are one."""
        found = [
            (int(row["t"]) // MINUTE, codes.EVENTS[row["kind"]], self.names[row["job"]] if row["job"] >= 0 else "")
            for row in self.result.decisions
        ]
        return list(dict.fromkeys(found))

    def of(self, *kinds: str) -> list[tuple[int, str, str]]:
        """Return the rows of some kinds."""
        return [row for row in self.rows if row[1] in kinds]

    def waited(self, name: str) -> dict[str, int]:
        """Return the minutes that a job waited, by reason."""
        found: dict[str, int] = {}
        for part in self.result.explain(self.names.index(name)).intervals:
            found[part.reason] = found.get(part.reason, 0) + part.wait_ms // MINUTE
        return found


def minutes(ms: int | None) -> int | None:
    """Return whole minutes; other times are mistakes of the example."""
    assert ms is None or ms % MINUTE == 0
    return None if ms is None else ms // MINUTE


def names_of(scenario: Scenario) -> list[str]:
    """Return the names of the listed jobs by id: by submit, then in the order of the file."""
    listed = [job for _, _, stream in scenario.streams for job in stream.jobs or ()]
    return [job.name or "" for job in sorted(listed, key=lambda job: job.submit)]


def solve(text: str, jobs: str, **policy: Any) -> Solved:
    """Run a scenario, on both strides."""
    scenario = from_dict(raw_of(text, jobs))
    rules = replace(scenario.policy_, **policy)
    result = oc.run(scenario, policy=rules)
    assert oc.run(scenario, policy=rules, stride="event").log_digest == result.log_digest
    return Solved(result, names_of(scenario))
