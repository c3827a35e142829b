"""Shares make up a whole."""

import math
from collections.abc import Iterator

from onecenter.scenario.table import Mistake

#: How far shares may be from 1 in all (three decimals each, a few hundred of them).
SHARE_TOLERANCE = 1e-6


def sums_to_one(path: str, shares: tuple[float, ...]) -> Iterator[Mistake]:
    """Yield a mistake if the shares do not make up the whole."""
    total = math.fsum(shares)
    if abs(total - 1) > SHARE_TOLERANCE:
        yield (path,), f"shares must sum to 1; these sum to {total:.6g}"


def paired(path: str, shares: tuple[float, ...], other: str, values: tuple[int, ...]) -> Iterator[Mistake]:
    """Yield a mistake if there is not a share a value, or they do not make up the whole."""
    if len(shares) != len(values):
        yield (path,), f"as many as in {other} are expected: {len(values)}"
    else:
        yield from sums_to_one(path, shares)
