"""The jobs of a run, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from onecenter.errors import PolicyError
from onecenter.workload.sharing import Sharing
from onecenter.workload.ties import Ties, no_ties

#: Columns of every workload by which jobs may be ordered.
OWN: Final = (
    "submit", "run", "walltime", "priority", "memory", "accelerators", "cpus", "tasks", "platform", "stream", "tenant",
)  # fmt: skip

Ints = npt.NDArray[Any]


def type_code(order: Sequence[int]) -> int:
    """Return the code of a list of allowed node types (indices), the first preferred."""
    return sum((index + 1) << (4 * place) for place, index in enumerate(order))


def type_order(code: int) -> list[int]:
    """Return the node types (indices) of a code, the first preferred."""
    order = []
    while code:
        order.append((code & 15) - 1)
        code >>= 4
    return order


def distinct(*columns: Ints) -> tuple[Ints, Ints]:
    """Return the first row of each distinct combination, and the number of the combination by row."""
    number = np.zeros(len(columns[0]), np.int64)
    first = np.zeros(min(len(number), 1), np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        if len(values) > 1:
            _, first, number = np.unique(number * len(values) + place, return_index=True, return_inverse=True)
    return first, number


@dataclass(frozen=True)
class Workload:
    """One row per job, sorted by (submit, order in the file or stream); the row is the job's id.

    Columns are int64; accelerators, cpus, tasks, platform, stream and tenant int32, spread and outcome int8.
    """

    submit: Ints  # ms
    run: Ints  # ms, >= 1: what the outcome uses of the true run time
    walltime: Ints  # ms, >= 1
    patience: Ints  # ms after the submit; -1: never
    deadline: Ints  # ms since the start; -1: none
    priority: Ints  # of its platform
    types: Ints  # code of the allowed node types, see `type_code`
    memory: Ints  # MiB per task
    accelerators: Ints  # thousandths per task
    cpus: Ints  # thousandths per task
    tasks: Ints
    spread: Ints  # code of SPREADS
    outcome: Ints  # code of OUTCOMES
    platform: Ints  # index into `platforms`
    stream: Ints  # index into `streams`
    tenant: Ints  # number within its platform
    platforms: tuple[str, ...]
    streams: tuple[str, ...]  # "platform.stream"
    names: tuple[str, ...] | None = None  # the trace's own job ids
    more: Mapping[str, Ints] = field(default_factory=dict)  # by name: float64, for orders alone; no result holds them
    ties: Ties | None = None  # None: no job comes after another, or is of an array
    sharing: Sharing | None = None  # how the platforms share the center; None: nothing is said of it

    def __len__(self) -> int:
        return len(self.submit)

    def take(self, rows: Ints) -> "Workload":
        """Return the jobs of `rows` (indices or a mask), in that order."""
        picked = {name: getattr(self, name)[rows] for name in COLUMNS}
        names = None if self.names is None else tuple(np.asarray(self.names, dtype=object)[rows])
        more = {name: each[rows] for name, each in self.more.items()}
        tied = None if self.ties is None else self.ties.take(rows, len(self))
        return replace(self, **picked, names=names, more=more, ties=tied)

    def column(self, name: str) -> Ints:
        """Return the numbers (float64) by which "column:NAME" orders jobs; a PolicyError says which there are."""
        if not len(self):
            return np.zeros(0)
        if name not in self.more and name not in OWN:
            known = ", ".join((*self.more, *OWN))
            raise PolicyError("policy", [f"order = 'column:{name}': the jobs have no such column; there are {known}"])
        found: Ints = np.asarray(self.more[name] if name in self.more else getattr(self, name), np.float64)
        return found

    def begins(self, other: "Workload") -> bool:
        """Tell whether another workload has these very jobs first."""
        named = (self.names or (), other.names or ())
        words = ((self.platforms, other.platforms), (self.streams, other.streams), named)
        return (
            (self.names is None) == (other.names is None)
            and _ties_begin(self, other)
            and all(longer[: len(first)] == first for first, longer in words)
            and self.more.keys() == other.more.keys()
            and self.sharing == other.sharing
            and all(np.array_equal(each, other.more[name][: len(self)]) for name, each in self.more.items())
            and all(np.array_equal(getattr(self, name), getattr(other, name)[: len(self)]) for name in COLUMNS)
        )

    @property
    def gang(self) -> Ints:
        """Accelerators of the whole job, in thousandths."""
        return self.accelerators.astype(np.int64) * self.tasks


def _ties_begin(first: Workload, longer: Workload) -> bool:
    """Tell whether a longer workload ties its first jobs as another one ties them."""
    if first.ties is None and longer.ties is None:
        return True
    count = len(first)
    here, there = first.ties or no_ties(count), longer.ties or no_ties(len(longer))
    return here.begins(there, count)


#: Fields that are no columns.
_OTHERS: Final = {"platforms", "streams", "names", "more", "ties", "sharing"}

COLUMNS = tuple(f.name for f in fields(Workload) if f.name not in _OTHERS)

NARROW = dict.fromkeys(("accelerators", "cpus", "tasks", "platform", "stream", "tenant"), "i4") | {
    "spread": "i1",
    "outcome": "i1",
}

NOTHING = ("priority", "memory", "cpus", "spread", "outcome", "platform", "stream", "tenant")
DEFAULTS = dict.fromkeys(NOTHING, 0) | {"patience": -1, "deadline": -1, "types": type_code([0]), "tasks": 1}


def workload(
    platforms: Sequence[str] = ("all",),
    streams: Sequence[str] = ("all",),
    names: Sequence[str] | None = None,
    more: Mapping[str, Any] | None = None,
    ties: Ties | None = None,
    sharing: Sharing | None = None,
    **columns: Any,
) -> Workload:
    """Return a workload sorted by (submit, given order); columns not given take their default.

    Ties name jobs by the given order.
    """
    submit = np.asarray(columns["submit"])
    n = len(submit)
    # What is drawn is sorted already: no column is copied then.
    order = None if (submit[1:] >= submit[:-1]).all() else np.argsort(submit, kind="stable")
    ready: dict[str, Any] = {}
    for name in COLUMNS:
        value = columns[name] if name in columns else DEFAULTS[name]
        column = np.broadcast_to(np.asarray(value, dtype=NARROW.get(name, "i8")), (n,))
        ready[name] = column if order is None or column.strides == (0,) else column[order]
    named = None if names is None else tuple(names if order is None else (names[i] for i in order))
    full = {name: np.broadcast_to(np.asarray(each, np.float64), (n,)) for name, each in (more or {}).items()}
    others = full if order is None else {name: each[order] for name, each in full.items()}
    tied = ties if ties is None or order is None else ties.take(order, n)
    words: dict[str, Any] = {"platforms": tuple(platforms), "streams": tuple(streams), "names": named}
    return Workload(**ready, **words, more=others, ties=tied, sharing=sharing)
