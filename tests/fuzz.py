"""What all fuzzing shares: wrong values, edits of plain data, and a limit on the time of one case.

Every case is a function of its seed. `python tests/fuzz.py KIND FIRST COUNT` tries cases in a process of its own and
prints what became of them, with the most memory that it took.
"""

import json
import random
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from memory import most_memory

from onecenter.engine.kernels import compile_kernels
from onecenter.errors import OnecenterError
from onecenter.policies import Policy
from onecenter.visible import visible

#: Seconds of processor time that a case may take.
LONGEST = 5.0

#: MiB that a process which tries cases may take.
MAX_MEMORY = 500

#: Texts that someone may hand over, or that a broken program writes.
TEXTS: tuple[str, ...] = (
    "", " ", "\0", "\x1b[2J", "\u202e", "😀", "é" * 70, "x" * 5_000, "nan", "inf", "-inf", "1e999", "0x10", "1_0", "-0",
    "NaN h", "5 d", "5d", "-5 d", "1e300 d", "0.1 ms", "9" * 400 + " d", "1 / h", "1 / 0", "64 GiB", "1.5 kW",
    "mon 08:00", "1 ms", "100 y", "1000 / ms", "1e6 MW", "p95", "p100", "poisson", "a", "[/red]", "$x^{$", "<script>",
    "../x", "2026-03-02T00:00:00+08:00", "9999-12-31T23:59:59-14:00", "Asia/Shanghai", "{{ 7 }}",
)  # fmt: skip

#: Values of every kind; numbers about the bounds of what a type, a file or a core can hold.
VALUES: tuple[Any, ...] = (
    *TEXTS, None, True, False, 0, 1, -1, 2, 7, 1_000, 1_024, 10**6, 10**9, 2**31 - 1, 2**31, 2**53 + 1, 2**62,
    2**63 - 1, 2**63, -(2**63), 10**40, 0.0, -0.0, 0.5, 1.5, -1.5, 1e-320, 1e-9, 1e15, 1e300, float("nan"),
    float("inf"), float("-inf"), [], [None], [[]], ["a"], [1, 2], [0.5, 0.5], {}, {"kind": 3}, {"kind": "poisson"},
    {"kind": "constant"}, {"en": "a"}, {"p95": "1 h"},
)  # fmt: skip

#: One or two of each kind, and the bounds of what is lawful, for every place.
KINDS: tuple[Any, ...] = (
    "", "\0", "\u202e", "x" * 5_000, "nan", "5 d", "-5 d", "9" * 400 + " d", "1 ms", "100 y", "1000 y", "1 / h",
    "1000 / ms", "1024 PiB", "1e6 MW", "p95", "poisson", "2900-12-31T00:00:00+08:00", "Asia/Shanghai", None, True, 0, 1,
    -1, 1_024, 1_000_000, 10**9, 2**31, 2**63 - 1, 2**63, 10**40, 0.001, 0.5, 1.5, 1e-320, 1e15, 1e300, float("nan"),
    float("inf"), [], [[]], ["a"], [1, 2], {}, {"kind": "poisson"}, {"p95": "1 h"},
)  # fmt: skip


class Outcomes(NamedTuple):
    """How many cases were taken, and how many refused with an error of ours."""

    taken: int
    refused: int


class TooLongError(Exception):
    """A case took too much time."""


@contextmanager
def limited() -> Iterator[None]:
    """Stop what takes more processor time."""

    def stop(*_: object) -> None:
        raise TooLongError(f"more than {LONGEST} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def edited(data: Any, chance: random.Random, values: tuple[Any, ...] = VALUES) -> Any:
    """Return plain data with one entry, found by walking down at random, replaced, removed, repeated or added."""
    entries = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
    if not entries or chance.random() < 0.08:
        return deepcopy(chance.choice(values))
    key, action = chance.choice(entries), chance.random()
    if action < 0.05:
        del data[key]
    elif action < 0.09:
        _add(data, key, chance, values)
    else:
        data[key] = edited(data[key], chance, values)
    return data


def _add(data: Any, key: Any, chance: random.Random, values: tuple[Any, ...]) -> None:
    if isinstance(data, list):
        data.insert(key, deepcopy(chance.choice((data[key], *values))))
    else:
        data[chance.choice((*TEXTS, *data))] = deepcopy(chance.choice((data[key], *values)))


def tried(kind: str, first: int, count: int, folder: Path) -> Outcomes:
    """Try cases of a kind: each is taken, or refused with an error of ours.

    Parameters
    ----------
    kind : str
        Module and function, such as "fuzz_results.edited": the function takes a seed and a folder.
    first, count : int
        Seed of the first case, and how many.
    folder : Path
        Where files may be written.

    Raises
    ------
    AssertionError
        If a case ends otherwise or takes too long.
    """
    # What has to be compiled takes longer than a case may.
    for policy in (Policy(), Policy(reservations=2), Policy(backfill="conservative")):
        for shared in (False, True):
            compile_kernels(False, [policy], shared)
    module, _, name = kind.partition(".")
    case: Callable[[int, Path], None] = getattr(import_module(module), name)
    taken = sum(_taken(case, seed, folder) for seed in range(first, first + count))
    return Outcomes(taken, count - taken)


def _taken(case: Callable[[int, Path], None], seed: int, folder: Path) -> bool:
    told = ""
    try:
        with limited():
            case(seed, folder)
    except OnecenterError as error:
        told = str(error)
    except Exception as error:
        raise AssertionError(f"case {seed}: {type(error).__name__}: {error}") from error
    if visible(told, keep="\n") != told:
        raise AssertionError(f"case {seed}: its error holds invisible characters: {told!a}")
    return not told


def main() -> None:
    """Try what the command line says."""
    kind, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        outcomes = tried(kind, first, count, Path(folder))
    print(json.dumps(outcomes._asdict() | {"memory": most_memory()}))


if __name__ == "__main__":
    main()
