"""Classes of jobs by their accelerators: powers of two, as in most figures of clusters."""

from collections.abc import Iterable
from math import ceil

import numpy as np

from onecenter.results.log import Array


def size_classes(gang: Array) -> tuple[list[str], Array]:
    """Return the classes of jobs by their accelerators (thousandths), the smallest first, and the place of each job."""
    gangs, which = np.unique(gang, return_inverse=True)
    each = [size_class(amount / 1_000) for amount in gangs.tolist()]
    names = list(dict.fromkeys(each))
    place = np.array([names.index(name) for name in each], np.int64)
    return names, place[which]


def size_class(accelerators: float) -> str:
    """Return the class of a job: "0", "< 1", "1", "2", "3–4", "5–8", …."""
    if accelerators < 1:
        return "0" if accelerators == 0 else "< 1"
    top = 1 << (ceil(accelerators) - 1).bit_length()
    return str(top) if top <= 2 else f"{top // 2 + 1}–{top}"


def in_order(names: Iterable[str]) -> list[str]:
    """Return classes, the smallest first."""
    return sorted(names, key=lambda name: 0.5 if name == "< 1" else float(name.partition("–")[0]))
