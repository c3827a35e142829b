"""The log-linear fit: two points by hand, the likelihood's equations at every fit, and slopes that may not rise."""

import math

import numpy as np
import pytest

from onecenter.statistics.loglinear import RIDGE, loglinear

SIDES = np.array([[-1.0], [1.0]])


def test_two_points_by_hand() -> None:
    # 20 of 10 and 5 of 10: the logarithm falls from log 2 to -log 2.
    ((level, slope),) = loglinear(SIDES, np.array([[20.0, 5.0]]), np.array([[10.0, 10.0]]))
    assert level == pytest.approx(0, abs=2e-3)
    assert slope == pytest.approx(-math.log(2), abs=2e-3)


def test_a_slope_that_would_rise_is_taken_as_none() -> None:
    events, exposure = np.array([[5.0, 20.0]]), np.array([[10.0, 30.0]])
    ((level, slope),) = loglinear(SIDES, events, exposure)
    assert slope == 0
    assert level == pytest.approx(math.log(25.5 / 40.5))
    ((_, rising),) = loglinear(SIDES, events, exposure, falling=False)
    # Rates 1/2 and 2/3.
    assert rising == pytest.approx(math.log(4 / 3) / 2, abs=2e-3)


def test_one_slope_that_would_rise_leaves_the_other() -> None:
    x = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    exposure = np.array([[100.0, 200, 100, 200]])
    events = exposure * np.exp(-0.5 * x[:, 0] + 0.3 * x[:, 1])
    ((level, first, second),) = loglinear(x, events, exposure)
    assert (first, second) == (pytest.approx(-0.5, abs=1e-3), 0)
    fitted = (exposure * np.exp(level + first * x[:, 0])).sum()
    # Half an event on each side keeps the logarithm finite.
    assert fitted + 0.5 * math.exp(level) == pytest.approx(events.sum() + 0.5)


@pytest.mark.parametrize("size", [0.3, 5.0, 4_000.0])
@pytest.mark.parametrize("seed", range(6))
def test_a_fit_solves_the_equations_of_the_likelihood(seed: int, size: float) -> None:
    generator = np.random.default_rng(seed)
    x = generator.uniform(-1, 1, (7, 2))
    exposure = generator.uniform(0.5, 2, (4, 7)) * size
    events = generator.poisson(exposure * np.exp(0.4 - 0.8 * x[:, 0])).astype(float) + 0.1
    found = loglinear(x, events, exposure, falling=False)
    design = np.column_stack([np.ones(7), x])
    left = (events - exposure * np.exp(found @ design.T)) @ design - [0, RIDGE, RIDGE] * found
    assert np.abs(left).max() < 1e-6 * max(size, 1)


def test_resamples_do_not_touch_each_other() -> None:
    generator = np.random.default_rng(3)
    exposure = np.full((5, 2), 10.0)
    events = generator.poisson(8, (5, 2)).astype(float)
    together = loglinear(SIDES, events, exposure)
    for row, one in zip(together, events, strict=True):
        assert row == pytest.approx(loglinear(SIDES, one[None, :], exposure[:1])[0], abs=1e-6)


@pytest.mark.parametrize("events", [[0.0, 0.0], [1e6, 0.0], [0.0, 1e6]])
def test_what_says_nothing_has_an_answer_all_the_same(events: list[float]) -> None:
    found = loglinear(SIDES, np.array([events]), np.array([[10.0, 10.0]]))
    assert np.isfinite(found).all()
    assert found[0, 1] <= 0
