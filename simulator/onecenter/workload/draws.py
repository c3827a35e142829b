"""Counter-based random numbers: each is a function of (seed, platform, stream, purpose, index).

One uniform per purpose and job, turned into other distributions by the inverse of their distribution
function. So a draw more, a job more or a stream more changes no other draw, and two runs that differ
in policy or in center see the same jobs (common random numbers).
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onecenter import units

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Gives the uniforms of a stream's jobs for a purpose, one per job.
Uniforms = Callable[[str], Floats]

#: Philox gives four numbers per step of its counter.
BLOCK = 4


@dataclass(frozen=True)
class Draws:
    """The random numbers of one stream, chosen by its names, not by their positions."""

    seed: int  # the scenario's
    platform: str
    stream: str

    def uniforms(self, purpose: str, count: int, first: int = 0) -> Floats:
        """Return the uniforms of the indices first .. first + count - 1, in the open interval (0, 1).

        Philox4x64-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), its key the SHA-256 of
        (seed, platform, stream, purpose). The 52 highest bits plus a half: with 53 the largest would round to 1.
        """
        skip = first % BLOCK
        bits = np.random.Philox(key=self._key(purpose), counter=first // BLOCK).random_raw(skip + count)
        uniforms = (bits[skip:] >> np.uint64(12)).astype(np.float64)
        uniforms += 0.5
        uniforms *= 2.0**-52
        return uniforms

    def of(self, jobs: "Jobs") -> Uniforms:
        """Return the function that gives these jobs' uniforms for a purpose."""

        def uniforms(purpose: str) -> Floats:
            parts = [self.uniforms(purpose, count, first) for first, count in jobs.ranges]
            every = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])
            return every if jobs.kept is None else every[jobs.kept]

        return uniforms

    def _key(self, purpose: str) -> int:
        name = json.dumps([self.seed, self.platform, self.stream, purpose])
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "little")


@dataclass(frozen=True)
class Jobs:
    """Which indices of a stream's draws its jobs have."""

    ranges: tuple[tuple[int, int], ...]  # (first, count) of indices, in the order of the jobs
    kept: Bools | None = None  # which of them are jobs; None: all

    def __len__(self) -> int:
        """Return the number of jobs."""
        if self.kept is not None:
            return int(np.count_nonzero(self.kept))
        return sum(count for _, count in self.ranges)

    def times(self, count: int) -> "Jobs":
        """Return so many jobs in place of each."""
        if count == 1:
            return self
        kept = None if self.kept is None else np.repeat(self.kept, count)
        return Jobs(tuple((first * count, each * count) for first, each in self.ranges), kept)

    def where(self, mask: Bools) -> "Jobs":
        """Return those of the jobs for which `mask` (one entry per job) holds."""
        kept = np.ones(len(self), dtype=bool) if self.kept is None else self.kept.copy()
        kept[kept] = mask
        return Jobs(self.ranges, kept)


def exponential(uniforms: Floats) -> Floats:
    """Return exponential numbers of mean 1 by the inverse distribution function."""
    return -np.log1p(-uniforms)


def normal(uniforms: Floats) -> Floats:
    """Return standard normal numbers by the inverse distribution function."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms))


def choice(shares: Sequence[float], uniforms: Floats) -> Ints:
    """Return indices drawn with the given shares (scaled to sum 1) by the inverse distribution function."""
    upto = np.cumsum(np.asarray(shares, dtype=np.float64))
    upto /= upto[-1]
    return np.searchsorted(upto, uniforms, side="right")


def rounded_up(durations: npt.NDArray[np.floating[Any]]) -> Ints:
    """Return durations (ms) as whole ms, rounded up, at least 1, at most `units.MAX_DURATION`.

    A product such as 1.1 * 1,800,000 that is a whole number but for its last bits is taken as that number.
    """
    whole = np.ceil(durations * (1.0 - 2.0**-51))
    return np.asarray(np.clip(whole, 1, units.MAX_DURATION).astype(np.int64))
