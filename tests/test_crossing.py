"""Where late jobs fall to the share allowed, over two node counts."""

from itertools import product

import numpy as np

from onecenter.planning.crossing import Tried, choice


def test_a_bent_surface_is_not_believed_in_far_corners() -> None:
    # Late jobs over those allowed are exp(-0.01 (a - 52.5) (a - 38)) where fleets were tried: missed below 53 nodes of
    # a. Far from them, below 38, the same surface would be met again.
    def tried(a: int, b: int) -> Tried:
        late = np.full((1, 10), 100 * np.exp(-0.01 * (a - 52.5) * (a - 38)))
        return Tried((a, b), late, np.full((1, 10), 100.0))

    fleets = np.array(sorted(product(range(30, 61), range(20, 23)), key=sum))
    found = choice([tried(a, b) for a in range(44, 62, 3) for b in range(20, 23)], fleets)
    assert tuple(fleets[found.place]) == (53, 20)
    assert set(found.resampled.tolist()) == {found.place}


def test_a_fleet_that_alone_is_near_a_target_does_not_open_the_answer() -> None:
    # 10 nodes have 9 late jobs of the 10 allowed, over them in many resamples; 20 nodes have 2.
    rng = np.random.default_rng(20261126)

    def tried(nodes: int, late: float) -> Tried:
        return Tried((nodes,), rng.poisson(late, (1, 10)).astype(float), np.full((1, 10), 10.0))

    fleets = np.arange(10, 31)[:, None]
    found = choice([tried(10, 9.0), tried(20, 2.0)], fleets)
    assert found.resampled.max() < 10
