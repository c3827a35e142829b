"""Rates that fall log-linearly with what is given: a quasi-Poisson fit, of many resamples at once."""

from typing import Final

import numpy as np

from onecenter.statistics.sample import Array

#: Newton steps, and the longest of them (in the logarithm of the rate).
STEPS, LONGEST = 25, 2.0

#: A weak pull of the slopes to 0, in events, so that a resample without information has an answer.
RIDGE: Final = 0.01

#: Beyond this the logarithm of a rate says only "next to nothing" or "all".
FAR: Final = 30.0


def loglinear(x: Array, events: Array, exposure: Array, *, falling: bool = True) -> Array:
    """Fit log(events / exposure) = b0 + b1 x1 + … by the likelihood of Poisson counts.

    x is (m, k), about -1 to 1; events and exposure are (resamples, m), such as late jobs and late jobs allowed. Return
    the intercept and the slopes of each resample, (resamples, 1 + k); `falling`: a slope above 0 is taken as 0.

    P. McCullagh and J. A. Nelder, Generalized Linear Models (2nd ed., 1989), section 9.2: with a variance that is
    proportional to the mean, however much larger, the estimates are those of Poisson's likelihood.
    """
    design = np.column_stack([np.ones(len(x)), x])
    pull = np.full(design.shape[1], RIDGE)
    pull[0] = 0.0
    beta = np.zeros((len(events), design.shape[1]))
    beta[:, 0] = np.log((events.sum(axis=1) + 0.5) / (exposure.sum(axis=1) + 0.5))
    for _ in range(STEPS):
        mean = exposure * np.exp(np.clip(beta @ design.T, -FAR, FAR))
        gradient = (events - mean) @ design - pull * beta
        curvature = np.einsum("bm,mi,mj->bij", mean, design, design) + np.diag(pull + 1e-9)
        step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        beta += np.clip(step, -LONGEST, LONGEST)
        np.clip(beta, -FAR, FAR, out=beta)
        if np.abs(step).max() < 1e-6:
            break
    return _falling(beta, x, events, exposure) if falling else beta


def _falling(beta: Array, x: Array, events: Array, exposure: Array) -> Array:
    """Return the fits with slopes of at most 0, where one was above it the intercept that gives as many events."""
    slopes = np.minimum(beta[:, 1:], 0.0)
    shape = np.exp(np.clip(slopes @ x.T, -FAR, FAR))
    level = np.log((events.sum(axis=1) + 0.5) / ((exposure * shape).sum(axis=1) + 0.5))
    changed = (slopes != beta[:, 1:]).any(axis=1)
    return np.column_stack([np.where(changed, level, beta[:, 0]), slopes])
