"""How much of a simulation's start to leave out: MSER-5."""

import numpy as np

from onecenter.statistics.sample import Array

BATCH = 5


def mser5(series: Array) -> int:
    """Return how many of the first observations to leave out, a multiple of 5; half of them: they are too few to tell.

    The cut makes the marginal standard error of the mean of what is left smallest, over batch means of 5 (K. P. White,
    "An effective truncation heuristic for bias reduction in simulation output", Simulation 69, 1997, 323-334; MSER-5:
    K. P. White, M. J. Cobb and S. C. Spratt, Winter Simulation Conference 2000, 755-760).
    """
    batches = np.asarray(series, np.float64)[: len(series) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    if len(batches) < 2:
        return 0
    left = np.arange(len(batches), 0, -1)
    total = np.cumsum(batches[::-1])[::-1]
    squares = np.cumsum((batches**2)[::-1])[::-1]
    spread = np.maximum(squares - total**2 / left, 0.0) / left**2
    return int(np.argmin(spread[: len(batches) // 2 + 1])) * BATCH
