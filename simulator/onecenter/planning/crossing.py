"""Where late jobs fall to the share allowed: what all fleets tried say together about each fleet of the ranges."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from onecenter.statistics.loglinear import loglinear
from onecenter.statistics.sample import Array

#: A target's late jobs over those allowed are looked at within this factor of 1: farther off they tell nothing of it.
NEAR: Final = 3.0

#: Resamples of the replications.
RESAMPLES: Final = 1_000

#: Of the resamples' generator; a plan is a function of its input.
SEED: Final = 20_240_229

#: At least so many fleets for each coefficient before the surface is bent.
PER_COEFFICIENT: Final = 3


class Tried(NamedTuple):
    """A fleet with what its replications said; arrays are float64 (targets, replications)."""

    values: tuple[int, ...]  # node counts
    late: Array  # late jobs
    allowed: Array  # late jobs that the target allows

    @property
    def pressure(self) -> Array:
        """Late jobs over those allowed, by target."""
        return np.asarray(self.late.sum(axis=1) / np.maximum(self.allowed.sum(axis=1), 1e-9))


class Choice(NamedTuple):
    """Which of the fleets, in their order, is the first that meets all targets; the number of fleets: none is."""

    place: int  # by all replications
    resampled: Array  # by each resample of them

    def within(self, level: float) -> tuple[int, int]:
        """Return between which places it lies with this confidence."""
        tail = (1 - level) / 2
        ordered = np.sort(self.resampled)
        low = int(np.floor(tail * (len(ordered) - 1)))
        return int(ordered[low]), int(ordered[-1 - low])

    def shares(self) -> dict[int, float]:
        """Return by place the share of resamples that choose it, the largest first."""
        places, counts = np.unique(self.resampled, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return {int(places[i]): float(counts[i] / len(self.resampled)) for i in order}


def choice(tried: Sequence[Tried], fleets: Array) -> Choice:
    """Return which of the fleets, the best first, is the first to meet all targets.

    By target a log-linear surface of late jobs over node counts, through the fleets near the crossing; the interval is
    the bootstrap's over replications, resampled within each fleet (B. Efron and R. J. Tibshirani, An Introduction to
    the Bootstrap, 1993, chapter 13; one replication fewer than there are, which makes their variance unbiased, as in
    section 11.7 on small samples).
    """
    rng = np.random.default_rng(SEED)
    samples = [_resampled(each, rng) for each in tried]
    point, drawn = np.ones((1, len(fleets)), bool), np.ones((RESAMPLES, len(fleets)), bool)
    for target in range(tried[0].late.shape[0]):
        rows = near(tried, target)
        if not rows:
            continue
        late = np.column_stack([samples[i][0][:, target] for i in rows])
        allowed = np.column_stack([samples[i][1][:, target] for i in rows])
        below = _meets([tried[i].values for i in rows], late, allowed, fleets)
        point &= below[:1]
        drawn &= below[1:]
    return Choice(int(_first(point)[0]), _first(drawn))


def near(tried: Sequence[Tried], target: int) -> list[int]:
    """Return which fleets tell where a target is met: those near, and the nearest on each side; empty: all meet it.

    At least one more than there are node counts, where so many were tried: one fleet alone tells of no slope, and a
    resample in which it misses would seem to miss however many nodes there are.
    """
    pressure = np.array([each.pressure[target] for each in tried])
    if pressure.max() < 1 / NEAR:
        return []
    rows = set(np.flatnonzero((pressure > 1 / NEAR) & (pressure < NEAR)).tolist())
    above, below = np.flatnonzero(pressure > 1), np.flatnonzero(pressure <= 1)
    if len(above):
        rows.add(int(above[np.argmin(pressure[above])]))
    if len(below):
        rows.add(int(below[np.argmax(pressure[below])]))
    nearest = np.argsort(np.abs(np.log(np.maximum(pressure, 1e-9))), kind="stable").tolist()
    others = [row for row in nearest if row not in rows]
    return sorted([*rows, *others[: max(0, len(tried[0].values) + 1 - len(rows))]])


def _resampled(each: Tried, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the sums of late and of allowed jobs, (1 + resamples, targets): all replications first, then resamples."""
    n = each.late.shape[1]
    counts = rng.multinomial(max(n - 1, 1), np.full(n, 1 / n), RESAMPLES) * (n / max(n - 1, 1))
    weights = np.concatenate([np.ones((1, n)), counts])
    return weights @ each.late.T, weights @ each.allowed.T


def _meets(values: Sequence[tuple[int, ...]], late: Array, allowed: Array, fleets: Array) -> Array:
    """Return by resample and fleet whether its late jobs are at most those allowed."""
    x = np.array(values, np.float64)
    centre, scale = x.mean(axis=0), np.maximum(np.ptp(x, axis=0) / 2, 1.0)
    bent = x.shape[1] > 1 and len(x) >= PER_COEFFICIENT * _terms(x[:1]).shape[1]
    features = _terms if bent else np.asarray
    beta = loglinear(features((x - centre) / scale), late, allowed, falling=not bent)

    def misses(counts: Array) -> Array:
        return np.asarray(beta[:, :1] + beta[:, 1:] @ features((counts - centre) / scale).T > 0)

    # A bent surface may fall towards far corners: no fleet meets what one misses that was tried and is larger.
    larger = (x[:, None, :] >= fleets[None, :, :]).all(axis=2)
    return np.asarray(~misses(fleets) & (misses(x).astype(np.float32) @ larger.astype(np.float32) == 0))


def _terms(x: Array) -> Array:
    """Return the columns, their squares and their products."""
    k = x.shape[1]
    return np.column_stack([x, *(x[:, i] * x[:, j] for i in range(k) for j in range(i, k))])


def _first(meets: Array) -> Array:
    """Return by row the first place that holds; the number of columns where none does."""
    last = np.ones((len(meets), 1), bool)
    return np.asarray(np.argmax(np.concatenate([meets, last], axis=1), axis=1))
