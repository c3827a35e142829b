"""Quota trees for tests: by hand and drawn."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from onecenter_kernels.quota import derive_quotas
from onecenter_kernels.quota_fields import QUOTA, TREE
from onecenter_kernels.schema import dtype_of
from onecenter_kernels.state import Array, table
from oracle_quota import Quota

FIELDS = ("nominal", "borrowing", "lending")


class Quotas(NamedTuple):
    """As much of the state as the kernels of quotas read."""

    tree: Array
    quotas: Array


def quotas_of(parents: Sequence[int], cohorts: int, rows: Sequence[Sequence[Mapping[str, int]]]) -> Quotas:
    """Return a tree from each node's parent, of which the first are cohorts, and from quotas by node type and node."""
    made = Quotas(table(len(parents), dtype_of(TREE)), table((len(rows), len(parents)), dtype_of(QUOTA)))
    made.tree["parent"] = parents
    made.tree["platform"] = [max(n - cohorts, -1) for n in range(len(parents))]
    made.quotas["borrowing"] = made.quotas["lending"] = -1
    for kind, limits in enumerate(rows):
        for n, given in enumerate(limits):
            for name, amount in given.items():
                made.quotas[name][kind, n] = amount
        derive_quotas(made, kind)
    return made


def drawn(generator: np.random.Generator, kinds: int = 2, most: int = 9) -> Quotas:
    """Return a random tree of up to four levels below the center, with nothing used."""
    cohorts, platforms = int(generator.integers(1, 6)), int(generator.integers(1, 7))
    parents, depths = [-1], [0]
    for _ in range(cohorts - 1):
        above = int(generator.choice([n for n, depth in enumerate(depths) if depth < 3]))
        parents.append(above)
        depths.append(depths[above] + 1)
    parents += generator.integers(0, cohorts, platforms).tolist()
    rows = [[limits(generator, n == 0, most) for n in range(len(parents))] for _ in range(kinds)]
    return quotas_of(parents, cohorts, rows)


def limits(generator: np.random.Generator, center: bool, most: int) -> dict[str, int]:
    """Return a random quota; the center has no limit."""
    nominal, borrowing, lending = generator.integers(0, most + 1, 3).tolist()
    limited = generator.random(2) < 0.4
    found = {"nominal": nominal * int(generator.random() < 0.8)}
    if limited[0] and not center:
        found["borrowing"] = borrowing
    if limited[1] and not center:
        found["lending"] = lending
    return found


def twin_of(s: Quotas, kind: int) -> Quota:
    """Return the twin of one node type of a tree in which nothing is used."""
    nominal, borrowing, lending = (columns(s, kind, name) for name in FIELDS)
    return Quota(s.tree["parent"].tolist(), nominal, borrowing, lending, [0] * len(s.tree))


def columns(s: Any, kind: int, name: str) -> list[int]:
    """Return a field of all nodes of a tree."""
    found: list[int] = s.quotas[name][kind].tolist()
    return found
