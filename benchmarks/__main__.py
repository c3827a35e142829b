"""``python -m benchmarks NAME [--quick | --write] [--json]``; those with exact figures also [--check | --update].

``peers`` installs other simulators, each into an environment of its own below ``--work DIR``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from onecenter_kernels.jit import compiled_before
from onecenter_kernels.step import advance

from benchmarks import decisions, expectations, memory, performance, queue_delay, scaling, start_up, throughput, work
from benchmarks.peers import table as peers
from benchmarks.ratios import Say
from onecenter.errors import OnecenterError

CHANGED = 1


class Benchmark(NamedTuple):
    """What a command measures: given its options and a function that prints progress, a report; the report as text."""

    about: str
    quick: str
    measure: Callable[[argparse.Namespace, Say], dict[str, Any]]
    lines: Callable[[dict[str, Any]], list[str]]


#: The part of the jobs that --quick runs.
QUICK_SHARE: Final = 0.1


def _share(asked: argparse.Namespace) -> float:
    return QUICK_SHARE if asked.quick else 1.0


def _with_share(
    measure: Callable[[float, Say], dict[str, Any]],
) -> Callable[[argparse.Namespace, Say], dict[str, Any]]:
    return lambda asked, say: measure(_share(asked), say)


BENCHMARKS: Final = {
    "throughput": Benchmark(
        "jobs simulated a second beside bare SimPy, and exact work counts",
        "fewer jobs",
        lambda asked, say: throughput.measure(throughput.QUICK if asked.quick else throughput.FULL, say),
        throughput.lines,
    ),
    "scale": Benchmark(
        "what a job costs as the center grows", "smaller centers", _with_share(scaling.scale), scaling.lines
    ),
    "queue": Benchmark(
        "what a job costs as the queue grows", "shorter queues", _with_share(scaling.queue), scaling.lines
    ),
    "start-up": Benchmark(
        "CPU time of a first run and of a worker, beside the floor",
        "one round",
        _with_share(start_up.measure),
        start_up.lines,
    ),
    "memory": Benchmark(
        "peak memory of runs of many jobs", "fewer jobs", _with_share(memory.table), memory.lines
    ),
    "peers": Benchmark(
        "jobs simulated a second beside other simulators, and starts compared with theirs",
        "a smaller center and fewer jobs",
        lambda asked, say: peers.measure(_share(asked), asked.work, say),
        peers.lines,
    ),
    "queue-delay": Benchmark(
        "wait, bounded slowdown and fairness of every policy on the suite",
        "one seed of each workload",
        lambda asked, say: queue_delay.measure(asked.quick),
        queue_delay.lines,
    ),
}

#: Those with exact figures that are committed.
EXACT: Final = ("throughput", "queue-delay")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, benchmark in BENCHMARKS.items():
        command = commands.add_parser(name, help=benchmark.about, description=benchmark.about)
        either = command.add_mutually_exclusive_group()
        either.add_argument("--quick", action="store_true", help=benchmark.quick)
        if name in performance.TITLES:
            either.add_argument("--write", action="store_true", help=f"write the table into {performance.PAGE.name}")
        command.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "peers":
            command.add_argument("--work", type=Path, metavar="DIR", help="where they are installed and found again")
        if name in EXACT:
            exact = command.add_mutually_exclusive_group()
            exact.add_argument("--check", action="store_true", help="exit 1 if an exact figure has changed")
            exact.add_argument("--update", action="store_true", help="write the exact figures of all runs and stop")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a benchmark; return 0, 1 if an exact figure has changed, or 2 if a committed file cannot be used."""
    asked = parser().parse_args(arguments)
    if not compiled_before(advance):
        say("compiling the kernels, which takes about half a minute")
    try:
        if getattr(asked, "update", False):
            _update(asked.command)
            return 0
        return _measured(asked)
    except OnecenterError as error:
        say(str(error))
        return 2


def say(line: str) -> None:
    """Print a line of progress or of a mistake."""
    print(line, file=sys.stderr, flush=True)


def _update(name: str) -> None:
    if name == "throughput":
        expectations.save(work.FILE, work.counts())
        expectations.save(decisions.FILE, decisions.measure())
    else:
        queue_delay.update()


def _measured(asked: argparse.Namespace) -> int:
    benchmark = BENCHMARKS[asked.command]
    checked = getattr(asked, "check", False)
    changes = _changed_work() if checked and asked.command == "throughput" else None
    report = benchmark.measure(asked, say)
    if checked and asked.command == "queue-delay":
        changes = queue_delay.changes(report)
    if getattr(asked, "write", False):
        performance.write(asked.command, report)
    return _told(asked, report, benchmark.lines(report), changes)


def _changed_work() -> list[str]:
    exact = ((work.FILE, work.counts), (decisions.FILE, decisions.measure))
    return [line for path, found in exact for line in expectations.changes(expectations.load(path), found())]


def _told(asked: argparse.Namespace, report: dict[str, Any], text: list[str], changes: list[str] | None) -> int:
    """Print a report; return the exit status that the changes (None: not looked for) ask for."""
    if asked.json:
        print(json.dumps({"benchmark": asked.command, "quick": asked.quick, **report, "changes": changes}))
    else:
        print("\n".join(text))
    for change in changes or ():
        say(f"changed: {change}")
    if changes == []:
        say("exact figures: as committed")
    return CHANGED if changes else 0


if __name__ == "__main__":
    sys.exit(main())
