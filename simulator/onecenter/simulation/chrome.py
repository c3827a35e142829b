"""A schedule as a trace of events that Perfetto and chrome://tracing show."""

import heapq
from collections.abc import Iterator
from typing import Any

from onecenter.simulation.result import Result

Event = dict[str, Any]


def chrome_trace(result: Result) -> dict[str, Any]:
    """Return a result in the Trace Event Format: what ran on each node, and what waited and ran by platform.

    A node is a process, its rows are threads: a segment is on the first row that is free. What has not ended ends with
    the run. Times are in microseconds on the clock of the result.
    """
    names = [f"{name} {place}" for place, name in enumerate(result.nodes["type"].to_list())]
    said = [{"ph": "M", "pid": node, "name": "process_name", "args": {"name": name}} for node, name in enumerate(names)]
    center = len(names)
    said.append({"ph": "M", "pid": center, "name": "process_name", "args": {"name": "center"}})
    events = [*said, *_segments(result), *_counters(result, center)]
    return {"displayTimeUnit": "ms", "otherData": {"policy": result.policy.text}, "traceEvents": events}


def _segments(result: Result) -> Iterator[Event]:
    """Give one event per segment, on rows of its node on which nothing overlaps."""
    jobs = result.workload
    busy: dict[int, list[tuple[int, int]]] = {}  # by node: end and row of what runs there
    free: dict[int, list[int]] = {}
    rows: dict[int, int] = {}
    for part in result.segments.iter_rows(named=True):
        node, start = part["node"], part["start_ms"]
        end = result.until if part["end_ms"] is None else part["end_ms"]
        running, idle = busy.setdefault(node, []), free.setdefault(node, [])
        while running and running[0][0] <= start:
            heapq.heappush(idle, heapq.heappop(running)[1])
        if idle:
            row = heapq.heappop(idle)
        else:
            row = rows[node] = rows.get(node, -1) + 1
        heapq.heappush(running, (end, row))
        job = part["job"]
        about = {"platform": jobs.platforms[jobs.platform[job]], "stream": jobs.streams[jobs.stream[job]]}
        about |= {"tenant": int(jobs.tenant[job]), "submit_ms": int(jobs.submit[job]), "outcome": part["outcome"]}
        about |= {"accelerators": float(part["amount"] * jobs.accelerators[job] / 1_000), "attempt": part["attempt"]}
        yield {
            "ph": "X", "pid": node, "tid": row, "name": f"job {job}", "cat": about["platform"],
            "ts": start * 1_000, "dur": (end - start) * 1_000, "args": about,
        }  # fmt: skip


def _counters(result: Result, center: int) -> Iterator[Event]:
    """Give how many jobs wait and how many accelerators are in use, by platform, whenever one changes."""
    for name, column in (("waiting jobs", "waiting"), ("accelerators in use", "accelerators_running")):
        for platform, t, value in result.series.select("platform", "t_ms", column).iter_rows():
            said = f"{name}: {platform}"
            yield {"ph": "C", "pid": center, "name": said, "ts": t * 1_000, "args": {"value": value}}
