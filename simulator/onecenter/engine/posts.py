"""A job that a process submits: its values read, checked and coded."""

from collections.abc import Callable, Mapping, Sequence
from operator import index
from typing import Any, Final

from onecenter_kernels import codes

from onecenter.engine.clock import milliseconds
from onecenter.errors import SimulationError
from onecenter.units import MAX_DURATION, parse_memory
from onecenter.workload.table import DEFAULTS, type_code

#: The largest int32, which holds thousandths of accelerators and cpus, and tasks.
INT32_MAX: Final = 2**31 - 1


def _thousandths(amount: float) -> int:
    scaled = round(1000 * amount, 6)
    if scaled != int(scaled):
        raise ValueError("at most three decimals are expected")
    return int(scaled)


#: What is read of a job that is submitted, and how.
READERS: Final[Mapping[str, Callable[[Any], int]]] = {
    "run_time": milliseconds,
    "walltime": milliseconds,
    "accelerators": _thousandths,
    "cpus": _thousandths,
    "memory": parse_memory,
    "tasks": index,
    "priority": index,
    "patience": milliseconds,
}
OPTIONAL: Final = ("walltime", "patience")


def row_of(
    asked: Mapping[str, Any], names: Mapping[str, str], node_types: Sequence[str] | None, known: Mapping[str, Any]
) -> dict[str, int]:
    """Return the columns of a job that a process submits, all but its submit.

    Parameters
    ----------
    asked : mapping
        By the names of `READERS`; a walltime or patience of None is not given.
    names : mapping of str to str
        Spread, outcome and platform.
    node_types : sequence of str or None
        The node types that it may use, the first preferred; None: all.
    known : mapping
        The names that there are: "platform" and "node type", a sequence of str each.

    Raises
    ------
    SimulationError
        If a value is impossible; all mistakes are listed.
    """
    mistakes: list[str] = []
    given = {what: value for what, value in asked.items() if value is not None or what not in OPTIONAL}
    read = {what: _read(what, value, mistakes) for what, value in given.items()}
    run = read.pop("run_time")
    row = DEFAULTS | {"run": run, "walltime": run} | read
    mistakes += _impossible(row, names["spread"], "patience" in read)
    choices = {"spread": codes.SPREADS, "outcome": codes.OUTCOMES, "platform": known["platform"]}
    mistakes += [
        f"{what} = {names[what]!r}: one of {', '.join(allowed)} is expected"
        for what, allowed in choices.items()
        if names[what] not in allowed
    ]
    wanted = list(known["node type"] if node_types is None else node_types)
    mistakes += _unknown_types(wanted, known["node type"])
    if mistakes:
        raise SimulationError("submit", mistakes)
    row |= {what: allowed.index(names[what]) for what, allowed in choices.items()}
    return row | {"types": type_code([list(known["node type"]).index(name) for name in wanted])}


def _read(what: str, value: Any, mistakes: list[str]) -> int:
    """Return a value as a whole number; note it, and go on with something possible, where it is none."""
    try:
        if isinstance(value, bool):
            raise TypeError("no truth value is expected")
        return READERS[what](value)
    except (TypeError, ValueError, OverflowError) as error:
        mistakes.append(f"{what} = {value!r}: {error}")
        return 1000


def _impossible(row: Mapping[str, int], spread: str, patient: bool) -> list[str]:
    """Return the mistakes in a job's amounts."""
    ones = row["accelerators"] / 1000
    ranges = [
        ("run_time", row["run"], 1, MAX_DURATION, " ms"),
        ("walltime", row["walltime"], 1, MAX_DURATION, " ms"),
        ("patience", row["patience"] if patient else 1, 1, MAX_DURATION, " ms"),
        ("accelerators", ones, 0, INT32_MAX // 1000, ""),
        ("cpus", row["cpus"] / 1000, 0, INT32_MAX // 1000, ""),
        ("tasks", row["tasks"], 1, INT32_MAX, ""),
        ("priority", row["priority"], -INT32_MAX, INT32_MAX, ""),
    ]
    mistakes = [
        f"{what} = {value:g}{unit}: {low:,} to {most:,}{unit} are expected"
        for what, value, low, most, unit in ranges
        if not low <= value <= most
    ]
    if ones > 1 and row["accelerators"] % 1000:
        mistakes.append(f"accelerators = {ones}: a whole number, or less than 1, is expected")
    if spread == "any" and ones != 1:
        mistakes.append(f"accelerators = {ones:g} with spread 'any': 1 per task is expected")
    return mistakes


def _unknown_types(wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the mistakes in a list of node types."""
    mistakes = [f"node type {name!r}: one of {', '.join(known)} is expected" for name in wanted if name not in known]
    if not wanted or len(set(wanted)) < len(wanted):
        mistakes.append(f"node_types = {wanted}: at least one, and each once, is expected")
    return mistakes
