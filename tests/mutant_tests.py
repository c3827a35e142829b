"""Runs tests for `tests/mutants.py`: records what they call, or stops at the first that fails."""

import json
import os
import resource
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

#: A fault must not take the machine's memory, nor go on for ever: limits of CPU time, and of time where it only waits.
MEMORY = 8 << 30
SECONDS, TIMES, WAITING = 20, 10, 20


class Recorder:
    """Writes by file what each test calls of some packages, and how long it takes."""

    def __init__(self, into: Path, packages: Sequence[str]) -> None:
        self.into, self.packages = into, tuple(packages)
        self.found: defaultdict[str, dict[str, Any]] = defaultdict(dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note the functions that a test calls."""
        codes: dict[int, CodeType] = {}

        def trace(frame: FrameType, event: str, _: object) -> None:
            codes[id(frame.f_code)] = frame.f_code

        begin = time.process_time()
        threading.settrace(trace)
        sys.settrace(trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            seconds = time.process_time() - begin
            self.found[item.nodeid.partition("::")[0]][item.nodeid] = {
                "seconds": round(seconds, 3),
                "calls": sorted({name for code in codes.values() for name in self._names(code)}),
            }

    def _names(self, code: CodeType) -> Iterator[str]:
        """Yield the file and the function, without what is defined inside it."""
        path = os.path.relpath(code.co_filename) if code.co_filename.startswith(os.getcwd()) else ""
        if path.startswith(self.packages):
            yield path
            yield f"{path}:{code.co_qualname.partition('.<locals>')[0]}"

    def pytest_sessionfinish(self) -> None:
        """Write all."""
        self.into.write_text(json.dumps(self.found))


class InOrder:
    """Runs the quickest tests that call the function first, each with a limit of time."""

    def __init__(self, ranks: dict[str, tuple[bool, float]]) -> None:
        self.ranks = ranks

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the tests of each file; the files stay in their order."""
        files = {name: place for place, name in enumerate(dict.fromkeys(item.nodeid.split("::")[0] for item in items))}
        items.sort(key=lambda item: (files[item.nodeid.split("::")[0]], *self.ranks.get(item.nodeid, (True, 0.0))))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """End the process where a test takes much longer than it did."""
        limit(SECONDS + TIMES * self.ranks.get(item.nodeid, (True, 0.0))[1])
        return (yield)


def limit(seconds: float) -> None:
    """Let the process end when it has used that much CPU time from now on."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(int(WAITING * seconds))


def main(task: dict[str, Any]) -> int:
    """Run the files of a task, as `--strict-markers` and the rest of pyproject.toml have it."""
    options = ["-q", "-x", "--tb=no", "-p", "no:cacheprovider", "--assert=plain", "-m", task["marks"]]
    if "into" in task:
        return pytest.main([*options, *task["files"]], plugins=[Recorder(Path(task["into"]), task["packages"])])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    limit(2 * SECONDS)
    return pytest.main([*options, *task["files"]], plugins=[InOrder(task["ranks"])])


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text())))
