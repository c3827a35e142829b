"""Which points a sweep has: ranges and lists, what varies a whole number or another, and every wrong one told."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from random_scenarios import Seeded

from onecenter.errors import PlanError
from onecenter.experiments.sweeping.design import MAX_POINTS, point_at, points_of, range_of, scattered
from onecenter.experiments.sweeping.indices import sobol
from onecenter.experiments.sweeping.runs import Columns
from onecenter.scenario import Scenario, load

COUNT, SCALE = "center.nodes.server.count", "platforms.queue.demand.customers.scale"
QUEUE: Scenario = load("mm-c")


def values(text: Any, path: str = COUNT) -> list[Any]:
    """Return the values of one path."""
    return [point[path] for point in points_of(QUEUE, {path: text})]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4:4:1", [4]),
        ("4:5:9", [4]),
        ("4:16:6", [4, 10, 16]),
        ("4:15:6", [4, 10]),
        ("8", [8]),
        ("16, 4", [16, 4]),
        ((3, 5), [3, 5]),
        (range(2, 8, 2), [2, 4, 6]),
    ],
)
def test_counts(text: Any, found: list[int]) -> None:
    assert values(text) == found
    assert {type(value) for value in values(text)} == {int}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Decimals add up without a rest: the last is there.
        ("0.1:0.7:0.1", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
        ("1:3:1", [1.0, 2.0, 3.0]),
        ("1,2.5", [1.0, 2.5]),
        ("1e-1:3e-1:1e-1", [0.1, 0.2, 0.3]),
        ([2, 0.5], [2.0, 0.5]),
    ],
)
def test_scales_are_floats_however_they_are_written(text: Any, found: list[float]) -> None:
    assert values(text, SCALE) == found
    assert {type(value) for value in values(text, SCALE)} == {float}


@pytest.mark.parametrize("seed", range(10))
def test_a_range_is_its_start_and_every_step_up_to_its_stop(seed: int) -> None:
    choices = Seeded(seed)
    start, step, steps = choices.pick(range(1, 50)), choices.pick(range(1, 9)), choices.pick(range(9))
    stop = start + steps * step + choices.pick(range(step))
    assert values(f"{start}:{stop}:{step}") == [start + k * step for k in range(steps + 1)]


def test_a_grid_has_every_combination_the_last_path_varying_fastest() -> None:
    points = points_of(QUEUE, {COUNT: "1:3:1", SCALE: [0.5, 1.0], "time.seed": [7]})
    assert [tuple(point.values()) for point in points] == [
        (count, scale, 7) for count in (1, 2, 3) for scale in (0.5, 1.0)
    ]


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({COUNT: "4:2:1"}, "start:stop:step, rising"),
        ({COUNT: "4:8:0"}, "start:stop:step, rising"),
        ({COUNT: "4:8:-1"}, "start:stop:step, rising"),
        ({COUNT: "4:8"}, "start:stop:step, rising"),
        ({COUNT: "a:b:c"}, "start:stop:step, rising"),
        ({COUNT: "1:1000000:1"}, "start:stop:step, rising"),
        ({COUNT: "4,4"}, "each value once is expected"),
        ({COUNT: [4, 4]}, "each value once is expected"),
        ({COUNT: "1:400:1", SCALE: "1:400:1"}, f"160,000 points; at most {MAX_POINTS:,} are expected"),
        ({COUNT: "0"}, "at least 1 is expected"),
        ({"center.nodes.servr.count": "4"}, 'did you mean "server"'),
        ({}, "at least one path with its values is expected"),
        ([], "at least one path with its values is expected"),
        ([{}], "at least one path with its values is expected"),
    ],
)
def test_points_that_are_none(vary: Any, words: str) -> None:
    with pytest.raises(PlanError) as caught:
        points_of(QUEUE, vary)
    assert words in str(caught.value)


def test_all_wrong_values_are_told_each_once() -> None:
    with pytest.raises(PlanError) as caught:
        points_of(QUEUE, {COUNT: [0, -1, 4], SCALE: [1.0, 2.0]})
    assert len(caught.value.mistakes) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"design": "random"}, "one of grid, sobol is expected"),
        ({"count": 8}, "of the design sobol only"),
        ({"design": "sobol", "count": 6}, "a power of two is expected"),
        ({"design": "sobol", "count": 1}, "at least 2 is expected"),
    ],
)
def test_designs_that_are_none(options: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        points_of(QUEUE, {COUNT: "4:8" if "design" in options else "4,8"}, **options)


def test_given_points_have_no_design() -> None:
    with pytest.raises(PlanError, match="taken as they are"):
        points_of(QUEUE, [{COUNT: 4}], "sobol")


@pytest.mark.parametrize("bounds", ["4", "8:4", "4:4", "a:b", (4,), (8, 4), 7, None, (0, float("inf")), "1:2:3"])
def test_a_range_that_is_none(bounds: Any) -> None:
    with pytest.raises(PlanError, match="a range such as 16:64 is expected"):
        range_of(COUNT, bounds)


def test_a_range_as_text_or_as_two_numbers() -> None:
    assert range_of(COUNT, "4:8") == range_of(COUNT, (4, 8)) == (4.0, 8.0)
    assert range_of(SCALE, "-1.5:2e3") == (-1.5, 2_000.0)


RANGES = {COUNT: (4.0, 7.0), SCALE: (0.5, 1.5)}


@pytest.mark.parametrize(
    ("unit", "point"),
    [
        ((0.0, 0.0), (4, 0.5)),
        ((0.2499, 0.5), (4, 1.0)),
        ((0.25, 0.25), (5, 0.75)),
        ((0.75, 0.75), (7, 1.25)),
        ((np.nextafter(1, 0), 1.0), (7, 1.5)),
    ],
)
def test_a_place_of_the_unit_cube(unit: tuple[float, float], point: tuple[float, float]) -> None:
    found = point_at(QUEUE, RANGES, unit)
    assert tuple(found.values()) == point
    assert [type(value) for value in found.values()] == [int, float]


@pytest.mark.parametrize("count", [2, 8, 64])
def test_scattered_points_fill_the_ranges_evenly(count: int) -> None:
    points = scattered(QUEUE, RANGES, count)
    shares = np.array([[point[SCALE] - 0.5, (point[COUNT] - 4) / 4] for point in points])
    # One point in each of as many equal parts of a continuous range; each whole number as often as the others.
    assert sorted((shares[:, 0] * count).astype(int).tolist()) == list(range(count))
    if count >= 4:
        assert np.bincount((shares[:, 1] * 4).astype(int)).tolist() == [count // 4] * 4


def test_sobol_indices_of_a_sum_are_the_shares_of_its_terms() -> None:
    # f = x + 2 y + 0 z: variances 1 / 12, 4 / 12, 0; nothing interacts.
    found = sobol(lambda x: x[:, 0] + 2 * x[:, 1], ["x", "y", "z"], 256)
    assert found["path"].to_list() == ["y", "x", "z"]
    assert found["total"].to_list() == pytest.approx([0.8, 0.2, 0], abs=0.02)
    assert found["first"].to_list() == pytest.approx([0.8, 0.2, 0], abs=0.02)


def test_sobol_indices_of_a_product_interact() -> None:
    # f = (x - 1/2) (y - 1/2): neither matters alone, both matter together.
    found = sobol(lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5), ["x", "y"], 1_024)
    assert found["first"].to_list() == pytest.approx([0, 0], abs=0.06)
    assert found["total"].to_list() == pytest.approx([1, 1], abs=0.1)


def test_columns_have_the_type_that_holds_all_their_values() -> None:
    points = [
        {"whole": 1, "mixed": 1, "flag": True, "table": {"p95": "1 h"}, "text": "a"},
        {"whole": 2, "mixed": 0.5, "flag": False, "table": 3, "text": "b"},
    ]
    columns = Columns.of(points, ["queue"])
    assert columns.paths == {
        "whole": pl.Int64, "mixed": pl.Float64, "flag": pl.Boolean, "table": pl.String, "text": pl.String,
    }  # fmt: skip
    row = columns.row("key", {"whole": 1, "table": {"p95": "1 h"}, "text": "é", "seed": "7"})
    assert list(row) == list(columns.types)
    assert (row["run"], row["whole"], row["table"], row["text"]) == ("key", 1, '{"p95": "1 h"}', "é")
    assert row["mixed"] is row["error"] is None
    table = columns.table([row])
    assert table.height == 1
    assert dict(table.schema) == columns.types
    first, *_, last = columns.types
    assert (first, last) == ("run", "error")
