"""The search for the best fleet on centers whose answer is known: late jobs are a formula of the node counts."""

import math

import numpy as np
import pytest
from planned import Center, Pressure, candidates, fleets

from onecenter.planning.candidates import Values
from onecenter.planning.crossing import Choice
from onecenter.planning.fleets import Fleets
from onecenter.planning.search import MAX_LOOKED, _looked, _one_less, chosen, explore, search


def steep(needed: float, slope: float = 0.5) -> Pressure:
    """Return late jobs that fall log-linearly with the nodes, and cross what is allowed at a number of them."""
    return lambda values: math.exp(-slope * (sum(values) - needed))


def answer(found: Choice, among: Fleets) -> Values | None:
    return among.allowed[found.place] if found.place < len(among.allowed) else None


@pytest.mark.parametrize("needed", [0.5, 1.5, 3.5, 16.8, 39.5, 40.2, 63.2, 98.5, 99.5])
def test_the_smallest_of_a_line(needed: float) -> None:
    among, center = fleets(range(1, 101)), Center(steep(needed))
    found = search(candidates(center), among)
    assert answer(found, among) == (math.ceil(needed),)
    assert found.within(0.95) == (found.place, found.place)
    # By halves and then near the answer, not one by one.
    assert len(center.tried) <= 16


def test_where_all_miss_the_answer_lies_beyond() -> None:
    among = fleets(range(1, 21))
    found = search(candidates(Center(steep(24))), among)
    assert answer(found, among) is None
    assert set(found.resampled.tolist()) == {20}


@pytest.mark.parametrize("seed", range(4))
def test_noise_opens_the_answer_but_does_not_hide_it(seed: int) -> None:
    needed = 20.5 + 5 * seed
    among, center = fleets(range(5, 61)), Center(steep(needed, 0.2), noise=0.5)
    # A lognormal of sigma 0.5 has a mean of exp(0.125): late jobs cross 0.625 nodes further on.
    expected = math.ceil(needed + 0.125 / 0.2)
    found = search(candidates(center), among)
    low, high = found.within(0.998)
    assert among.allowed[low][0] <= expected <= among.allowed[high][0]
    assert max(len(each.runs) for each in center.tried.values()) == center.most


def test_one_fleet_is_judged_by_itself() -> None:
    for nodes, place in ((9, 0), (7, 1)):
        center = Center(steep(8))
        assert search(candidates(center), fleets(range(nodes, nodes + 1))).place == place
        assert center.order == [(nodes,)]


def test_a_limit_leaves_out_the_fleets_that_break_it() -> None:
    among = fleets(range(1, 31), broken=lambda values: values[0] % 2 == 0)
    found = search(candidates(Center(steep(12))), among)
    assert answer(found, among) == (13,)


def mixed(a: float, b: float, needed: float) -> Pressure:
    """Return late jobs of two node types, of which one counts for several of the other."""
    return lambda values: math.exp(-0.4 * (a * values[0] + b * values[1] - needed))


@pytest.mark.parametrize(("a", "b", "needed"), [(1, 3, 17.5), (3, 1, 17.5), (1, 1, 9.5), (2, 3, 29.5)])
def test_a_mix_against_exhaustive_search(a: float, b: float, needed: float) -> None:
    among, center = fleets(range(9), range(9)), Center(mixed(a, b, needed))
    found = search(candidates(center), among)
    meets = [values for values in among.every if a * values[0] + b * values[1] >= needed]
    assert answer(found, among) == meets[0]
    assert center.replications <= MAX_LOOKED * center.most + 10 * center.most


def test_the_exploration_of_a_line_ends_on_both_sides_of_the_crossing() -> None:
    for needed in range(1, 17):
        center = Center(steep(needed))
        explore(candidates(center), fleets(range(1, 17)))
        assert (needed,) in center.tried
        assert needed == 1 or (needed - 1,) in center.tried
        assert len(center.order) <= 5


def test_a_line_starts_where_a_smaller_one_was_met() -> None:
    # Lines of b = 0, 1, ... cross at a = 12, 11, ...: each is looked for downwards from the one before.
    center = Center(mixed(1, 1, 12))
    explore(candidates(center), fleets(range(1, 33), range(6)))
    for b in range(6):
        line = [values[0] for values in center.order if values[1] == b]
        assert {12 - b, 11 - b} <= set(line)
        assert b == 0 or line[0] == 12 - b or line[0] == 11 - b
        assert len(line) <= 5


def test_what_misses_by_far_excludes_all_that_is_no_larger() -> None:
    among, center = fleets(range(1, 9), range(1, 9)), Center(mixed(1, 1, 9.5))
    center.at((4, 4))
    center.at((8, 8))
    # (4, 4) has e^0.6 = 1.8 times the late jobs allowed, (3, 4) has e times.
    assert 1.8 < center.tried[4, 4].pressure < 2 < center.at((3, 4)).pressure
    found = chosen(candidates(center), among)
    far = {values for values in among.allowed if values[0] <= 3 and values[1] <= 4}
    places = {place for place in found.resampled.tolist() if place < len(among.allowed)}
    assert {among.allowed[place] for place in places}.isdisjoint(far)


def test_the_next_smaller_fleets_have_one_node_less() -> None:
    assert set(_one_less((3, 4, 5))) == {(2, 4, 5), (3, 3, 5), (3, 4, 4)}
    assert set(_one_less((3,))) == {(2,)}


def test_an_answer_counts_as_looked_at_where_it_was_or_where_there_is_none() -> None:
    among, center = fleets(range(1, 5)), Center(steep(3))
    center.at((2,))
    looked = [_looked(candidates(center), among, Choice(place, np.zeros(1, int))) for place in range(5)]
    assert looked == [False, True, False, False, True]
