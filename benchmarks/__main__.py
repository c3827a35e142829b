"""``python -m benchmarks throughput|queue-delay [--quick] [--json] [--check | --update]``."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from onecenter_kernels.jit import compiled_before
from onecenter_kernels.step import advance

from benchmarks import expectations, queue_delay, throughput, work
from onecenter.errors import OnecenterError

CHANGED = 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    texts = {
        "throughput": ("jobs simulated a second beside bare SimPy, and exact work counts", "fewer jobs"),
        "queue-delay": ("wait and bounded slowdown of every policy", "the first workload only"),
    }
    for name, (text, quick) in texts.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--quick", action="store_true", help=quick)
        command.add_argument("--json", action="store_true", help="print one JSON object")
        either = command.add_mutually_exclusive_group()
        either.add_argument("--check", action="store_true", help="exit 1 if an exact figure has changed")
        either.add_argument("--update", action="store_true", help="write the exact figures of all runs and stop")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a benchmark; return 0, 1 if an exact figure has changed, or 2 if a committed file cannot be used."""
    asked = parser().parse_args(arguments)
    if not compiled_before(advance):
        say("compiling the kernels, which takes about half a minute")
    try:
        return (_throughput if asked.command == "throughput" else _queue_delay)(asked)
    except OnecenterError as error:
        say(str(error))
        return 2


def say(line: str) -> None:
    """Print a line of progress or of a mistake."""
    print(line, file=sys.stderr, flush=True)


def _throughput(asked: argparse.Namespace) -> int:
    found = work.counts() if asked.check or asked.update else {}
    if asked.update:
        expectations.save(work.FILE, found)
        return 0
    changes = expectations.changes(expectations.load(work.FILE), found) if asked.check else None
    report = throughput.measure(throughput.QUICK if asked.quick else throughput.FULL, say)
    return _told(asked, report, throughput.lines(report), changes)


def _queue_delay(asked: argparse.Namespace) -> int:
    names = queue_delay.wanted(asked.quick and not asked.update)
    found = queue_delay.measure(names)
    if asked.update:
        expectations.save(queue_delay.FILE, found)
        return 0
    changes = None
    if asked.check:
        every = expectations.load(queue_delay.FILE)
        expected = {name: rows for name, rows in every.items() if name in names or not asked.quick}
        changes = expectations.changes(queue_delay.flat(expected), queue_delay.flat(found))
    return _told(asked, {"workloads": found}, queue_delay.lines(found), changes)


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
