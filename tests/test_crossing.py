"""Where late jobs fall to the share allowed, over two node counts."""

from itertools import product

import numpy as np

from onecenter.planning.crossing import Choice, Tried, choice, near


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


def tried(nodes: int, *late: float) -> Tried:
    """Return a fleet with this many late jobs of ten allowed, by replication."""
    return Tried((nodes,), np.array([late]), np.full((1, len(late)), 10.0))


def test_pressure_is_late_jobs_over_those_allowed() -> None:
    two = Tried((4,), np.array([[3.0, 5.0], [0.0, 0.0]]), np.array([[10.0, 10.0], [0.0, 0.0]]))
    assert two.pressure.tolist() == [0.4, 0.0]


def test_between_which_places_an_answer_lies() -> None:
    choice_of_100 = Choice(5, np.array([3] * 2 + [4] * 8 + [5] * 80 + [6] * 8 + [9] * 2))
    assert choice_of_100.within(0.7) == (5, 5)
    assert choice_of_100.within(0.9) == (4, 6)
    assert choice_of_100.within(0.99) == (3, 9)
    assert choice_of_100.shares() == {5: 0.8, 4: 0.08, 6: 0.08, 3: 0.02, 9: 0.02}
    assert next(iter(choice_of_100.shares())) == 5


def test_fleets_near_a_target_and_the_nearest_on_each_side_tell_of_it() -> None:
    by_pressure = {4: 900.0, 6: 29.0, 8: 11.0, 9: 9.0, 12: 3.4, 16: 3.2, 20: 0.0}
    rows = near([tried(nodes, late) for nodes, late in by_pressure.items()], 0)
    assert [list(by_pressure)[row] for row in rows] == [6, 8, 9, 12]
    # None is near: the nearest on each side, and never one fleet alone.
    far = [tried(4, 9_000.0), tried(6, 80.0), tried(30, 0.1), tried(40, 0.0)]
    assert near(far, 0) == [1, 2]
    assert near([tried(4, 900.0), tried(6, 80.0), tried(8, 70.0)], 0) == [1, 2]
    # All meet it by far.
    assert near([tried(8, 1.0), tried(9, 0.5)], 0) == []


def test_where_nothing_is_late_the_first_fleet_is_the_answer() -> None:
    found = choice([tried(10, 0.0, 0.0), tried(20, 0.0, 0.0)], np.arange(5, 11)[:, None])
    assert found.place == 0
    assert set(found.resampled.tolist()) == {0}


def test_the_crossing_of_two_fleets_by_hand() -> None:
    # e^2 and e^-1 times as many late jobs as allowed at 10 and 16 nodes: as many at 14.
    many, few = [10 * np.exp(2.0)] * 8, [10 * np.exp(-1.0)] * 8
    found = choice([tried(10, *many), tried(16, *few)], np.arange(8, 20)[:, None])
    assert np.arange(8, 20)[found.place] in (14, 15)
    assert found.within(0.95) == (found.place, found.place)


def test_the_hardest_of_two_targets_decides() -> None:
    def both(nodes: int) -> Tried:
        late = 10 * np.exp(-0.5 * (nodes - np.array([[12.5], [15.5]]))) * np.ones((2, 6))
        return Tried((nodes,), late, np.full((2, 6), 10.0))

    fleets = np.arange(8, 24)[:, None]
    assert fleets[choice([both(10), both(13), both(15), both(18)], fleets).place] == 16


def test_a_fleet_far_off_tells_nothing_where_two_others_do() -> None:
    # Misses by 10 with 5 nodes, is met by a hair with 6; 7 nodes have next to no late job, off the line through both.
    def tried(nodes: int, late: float) -> Tried:
        return Tried((nodes,), np.full((1, 10), late), np.full((1, 10), 10.0))

    assert near([tried(5, 100), tried(6, 9), tried(7, 1)], 0) == [0, 1]
    assert near([tried(6, 9), tried(7, 1), tried(8, 0)], 0) == [0, 1]
    assert near([tried(7, 1), tried(8, 0)], 0) == []


def test_a_fleet_with_as_many_late_jobs_as_allowed_meets_the_target() -> None:
    # 20 times, just as many, and a fifth of them: the first of these is the nearest one that misses.
    assert near([tried(4, 200), tried(8, 10), tried(12, 2)], 0) == [0, 1]
