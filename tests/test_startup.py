"""MSER-5 against its definition, cut by cut, and solved by hand where a series has two or four batches."""

import numpy as np
import pytest

from onecenter.statistics.startup import mser5


def cut_of(series: list[float]) -> int:
    """Return the cut by its definition: the first of those with the least marginal standard error."""
    batches = [sum(series[i : i + 5]) / 5 for i in range(0, len(series) - 4, 5)]

    def error(cut: int) -> float:
        left = batches[cut:]
        centre = sum(left) / len(left)
        return sum((x - centre) ** 2 for x in left) / len(left) ** 2

    errors = [error(cut) for cut in range(len(batches) // 2 + 1)]
    least = min(errors)
    return 5 * next(cut for cut, found in enumerate(errors) if found <= least + 1e-12)


def in_batches(*values: float) -> np.ndarray:
    return np.repeat(np.array(values), 5)


@pytest.mark.parametrize(
    ("series", "cut"),
    [
        # Cut at 0: (25 + 25) / 4; at 1: nothing is left to differ.
        (in_batches(10, 0), 5),
        (in_batches(9, 0, 0, 0), 5),
        (in_batches(9, 9, 0, 0), 10),
        # The last of them would be cut away only with more than half.
        (in_batches(9, 9, 9, 0), 0),
        (in_batches(1, 1, 1, 1), 0),
        (in_batches(10, 0)[:9], 0),
        # What fills no batch is not looked at.
        (np.append(in_batches(9, 0, 0, 0), [99, 99]), 5),
    ],
)
def test_by_hand(series: np.ndarray, cut: int) -> None:
    assert mser5(series) == cut


@pytest.mark.parametrize("seed", range(20))
def test_by_its_definition(seed: int) -> None:
    generator = np.random.default_rng(seed)
    series = generator.integers(0, 9, int(generator.integers(10, 90))).astype(float)
    series[: int(generator.integers(0, 30))] += 20
    assert mser5(series) == cut_of(series.tolist())
