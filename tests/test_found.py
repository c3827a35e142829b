"""How sure a plan's answer is, from the share of resamples that choose each fleet; by hand."""

from typing import Any

import numpy as np
import pytest
from planned import Center, candidates, fleets

from onecenter.planning.candidates import Values
from onecenter.planning.crossing import Choice
from onecenter.planning.found import Found
from onecenter.planning.limits import Limits


def found(place: int, resampled: dict[int, int], *ranges: range, center: Center | None = None, **more: Any) -> Found:
    """Return an answer; `resampled` has how many resamples choose each place."""
    among = fleets(*(ranges or (range(1, 6),)), broken=more.pop("broken", lambda _: False))
    choice = Choice(place, np.repeat(list(resampled), list(resampled.values())))
    looked = center or Center(lambda _: 1.0, len(among.kinds))
    question: Any = None
    return Found(question, candidates(looked), among, choice, Limits(), None, **more)


def test_one_fleet_alone_is_decided() -> None:
    one = found(2, {2: 1_000})
    assert (one.chosen, one.likely, one.inside, one.decided) == ((3,), [(3,)], [(3,)], True)
    assert not found(2, {2: 1_000}, interrupted=True).decided


@pytest.mark.parametrize(
    ("resampled", "likely"),
    [
        # Of a line all between the 2.5 % at each end: 24 of 1,000 lie outside, 26 do not.
        ({1: 24, 2: 976}, [(3,)]),
        ({1: 26, 2: 974}, [(2,), (3,)]),
        ({1: 500, 3: 500}, [(2,), (3,), (4,)]),
        ({4: 500, 5: 500}, [(5,), None]),
    ],
)
def test_likely_fleets_of_a_line_lie_between_two_ends(resampled: dict[int, int], likely: list[Values | None]) -> None:
    one = found(2, resampled)
    assert one.likely == likely
    assert one.inside == [values for values in likely if values is not None]


@pytest.mark.parametrize(
    ("resampled", "likely"),
    [
        # The most likely ones, until they are 95 % together.
        ({0: 950, 1: 50}, [(1, 1)]),
        ({0: 940, 1: 50, 2: 10}, [(1, 1), (1, 2)]),
        ({2: 600, 0: 345, 1: 5, 4: 50}, [(2, 1), (1, 1), None]),
    ],
)
def test_likely_mixes_are_those_chosen_most_often(resampled: dict[int, int], likely: list[Values | None]) -> None:
    assert found(0, resampled, range(1, 3), range(1, 3)).likely == likely


def test_beyond_the_ranges_there_is_no_answer() -> None:
    center = Center(lambda _: 2.0)
    center.at((2,))
    center.at((4,))
    none = found(5, {5: 1_000}, center=center)
    assert (none.chosen, none.inside, none.decided, none.buy) == (None, [], False, None)
    # What is said then is about the largest fleet that was tried.
    best: Any = none.best
    assert best is center.tried[4,]


def test_the_best_is_the_answer_where_it_was_tried() -> None:
    center = Center(lambda _: 1.0)
    center.at((3,))
    center.at((5,))
    answered: Any = found(2, {2: 1_000}, center=center).best
    assert answered is center.tried[3,]
    largest: Any = found(1, {1: 1_000}, center=center).best
    assert largest is center.tried[5,]


def test_a_limit_binds_where_a_better_fleet_would_have_met_the_targets() -> None:
    center = Center(lambda values: 3.0 / values[0])
    for nodes in (2, 3, 4):
        center.at((nodes,))
    # 2 nodes miss, 3 and 4 meet; 4 is the answer, as 3 is too much for the racks.
    for lost, place, binding in (((3,), 2, ["racks"]), ((2,), 2, []), ((6,), 3, [])):
        one = found(place, {place: 1}, range(1, 7), center=center, broken=lambda values, lost=lost: values == lost)
        assert one.chosen == (4,)
        assert one.binding_limits == binding
