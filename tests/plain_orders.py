"""When a log's jobs start: python plain_orders.py LOG.swf.gz 100 wfp3 easy. Shares no code with the project."""

import gzip
import heapq
import sys
from math import log10
from pathlib import Path

#: Keys by processors, submit, requested time and wait, in seconds; the lowest goes first.
KEYS = {
    "fifo": lambda n, s, r, w: s,
    "smallest-area": lambda n, s, r, w: r * n,
    "f1": lambda n, s, r, w: log10(max(r, 1)) * n + 870 * log10(max(s, 1)),
    "wfp3": lambda n, s, r, w: -(w / max(r, 1) * (w / max(r, 1)) * (w / max(r, 1))) * n,
}


def jobs_of(path: Path, processors: int) -> list[tuple[int, ...]]:
    """Return (processors, submit, requested time, run time, id) of the jobs that can run, in the order of the log."""
    with gzip.open(path, "rt") as log:
        rows = [list(map(int, line.split())) for line in log if line.strip() and line[0] != ";"]
    rows = [row for row in rows if row[1] >= 0 and row[3] > 0 and row[10] not in (2, 3, 4)]
    jobs = [(row[4] if row[4] > 0 else row[7], row[1], row[8] if row[8] > 0 else row[3], *row) for row in rows]
    return [(n, s, r, min(row[3], r), row[0]) for n, s, r, *row in jobs if 0 < n <= processors]


def reservation(need: int, free: int, running: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Return when that many processors are free by the requested times, and how many more are then."""
    ends = sorted(running.values())
    shadow = next(end for end, _ in ends if free + sum(n for other, n in ends if other <= end) >= need)
    return shadow, free + sum(n for end, n in ends if end <= shadow) - need


def starts_of(path: Path, processors: int, order: str, backfill: str) -> dict[int, int]:
    """Return each job's start (s) by its id."""
    jobs, queue, running, starts, free = jobs_of(path, processors), [], {}, {}, processors
    events = [(job[1], 1, i) for i, job in enumerate(jobs)]
    while events:
        now, arrives, i = heapq.heappop(events)
        free += 0 if arrives else running.pop(i)[1]
        queue += [(0, jobs[i][1], i)] * arrives
        if events and events[0][0] == now:
            continue
        queue, shadow, spare = sorted((KEYS[order](*jobs[i][:3], now - s), s, i) for _, s, i in queue), None, 0
        for _, _, i in queue:
            n, _, r, run, name = jobs[i]
            if shadow is None and n > free:
                if backfill == "none":
                    break
                shadow, spare = reservation(n, free, running)
            elif n <= free and (shadow is None or now + r <= shadow or n <= spare):
                spare -= n * (shadow is not None and now + r > shadow)
                running[i], starts[name], free = (now + r, n), now, free - n
                heapq.heappush(events, (now + run, 0, i))
        queue = [entry for entry in queue if jobs[entry[2]][4] not in starts]
    return starts


if __name__ == "__main__":
    print(starts_of(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
