"""Run times: drawn by the inverse of their distribution function, and their means when they are limited."""

import math

import numpy as np

from onecenter import units
from onecenter.scenario.run_times import (
    Constant,
    Empirical,
    Exponential,
    Hyperexponential,
    Lognormal,
    RunTimes,
    Weibull,
)
from onecenter.workload.draws import Floats, Ints, Uniforms, choice, exponential, normal, rounded_up


def run_times(spec: RunTimes, uniforms: Uniforms) -> Ints:
    """Return the run times (ms, whole, 1 .. cap) of a stream's jobs; one value if all are the same."""
    return rounded_up(np.minimum(_quantiles(spec, uniforms), longest(spec)))


def longest(spec: RunTimes) -> int:
    """Return the cap in ms; without one, the longest duration there is."""
    return units.MAX_DURATION if spec.cap is None else min(spec.cap, units.MAX_DURATION)


def _quantiles(spec: RunTimes, uniforms: Uniforms) -> Floats:
    match spec:
        case Constant():
            return np.asarray(float(spec.value))
        case Exponential():
            return exponential(uniforms("run time")) * spec.mean
        case Hyperexponential():
            part = choice(spec.shares, uniforms("run time part"))
            return exponential(uniforms("run time")) * np.asarray(spec.means, dtype=np.float64)[part]
        case Lognormal():
            return np.exp(spec.sigma * normal(uniforms("run time"))) * spec.median
        case Weibull():
            return np.power(exponential(uniforms("run time")), 1.0 / spec.shape) * spec.scale
        case Empirical():
            return np.asarray(spec.values, dtype=np.float64)[choice(_shares(spec), uniforms("run time"))]


def _shares(spec: Empirical) -> tuple[float, ...]:
    return spec.shares if spec.shares is not None else (1.0,) * len(spec.values)


def longer_than(spec: RunTimes, limit: int) -> float:
    """Return the share of jobs whose run time, before the cap, is above a limit (ms, > 0)."""
    match spec:
        case Constant():
            return float(spec.value > limit)
        case Exponential():
            return math.exp(-limit / spec.mean)
        case Hyperexponential():
            parts = zip(spec.shares, spec.means, strict=True)
            return sum(share * math.exp(-limit / mean) for share, mean in parts) / sum(spec.shares)
        case Lognormal():
            level = math.log(limit / spec.median)
            return math.erfc(level / spec.sigma / math.sqrt(2)) / 2 if spec.sigma else float(level < 0)
        case Weibull():
            return math.exp(-math.exp(min(spec.shape * math.log(limit / spec.scale), 6.0)))
        case Empirical():
            pairs = list(zip(spec.values, _shares(spec), strict=True))
            return sum(share for value, share in pairs if value > limit) / sum(share for _, share in pairs)


def limited_means(spec: RunTimes, limits: Floats) -> Floats:
    """Return the mean (ms) of min(run time, limit) for each limit (ms, > 0), before rounding.

    The mean of min(X, c) is the integral of 1 - F from 0 to c: for an exponential m (1 - exp(-c / m)), for a Weibull s
    Gamma(1 + 1/k) P(1/k, (c / s)^k), for a lognormal the limited expected value of Klugman, Panjer and Willmot, "Loss
    Models", appendix A.
    """
    top = np.minimum(limits, float(longest(spec)))
    match spec:
        case Constant():
            return np.minimum(float(spec.value), top)
        case Exponential():
            return -spec.mean * np.expm1(-top / spec.mean)
        case Hyperexponential():
            shares, means = np.asarray(spec.shares), np.asarray(spec.means, dtype=np.float64)
            return np.asarray(-np.expm1(-top[..., None] / means) @ (means * shares) / shares.sum())
        case Lognormal():
            return _lognormal_mean(spec, top)
        case Weibull():
            return _weibull_mean(spec, top)
        case Empirical():
            return _table_mean(spec, top)


def _table_mean(spec: Empirical, top: Floats) -> Floats:
    values, shares = np.asarray(spec.values, dtype=np.float64), np.asarray(_shares(spec))
    rising = np.argsort(values)
    upto = np.concatenate([[0.0], np.cumsum(shares[rising])]) / shares.sum()
    mean_upto = np.concatenate([[0.0], np.cumsum((values * shares)[rising])]) / shares.sum()
    shorter = np.searchsorted(values[rising], top)
    return np.asarray(mean_upto[shorter] + top * (1.0 - upto[shorter]))


def _lognormal_mean(spec: Lognormal, top: Floats) -> Floats:
    from scipy.special import ndtr

    if spec.sigma == 0.0:
        return np.minimum(float(spec.median), top)
    with np.errstate(over="ignore"):  # a sigma near 0: infinite, on one side or the other of the median
        level = np.log(top / spec.median) / spec.sigma
    below = spec.median * np.exp(spec.sigma**2 / 2) * ndtr(level - spec.sigma)
    return np.asarray(below + top * ndtr(-level))


def _weibull_mean(spec: Weibull, top: Floats) -> Floats:
    from scipy.special import gamma, gammainc

    power = np.exp(np.minimum(spec.shape * np.log(top / spec.scale), 300.0))
    mean = spec.scale * gamma(1.0 + 1.0 / spec.shape) * gammainc(1.0 / spec.shape, power)
    # Where the power is next to 0 (it may underflow), nothing is shorter than the limit.
    return np.where(power < 1e-16, top, mean)
