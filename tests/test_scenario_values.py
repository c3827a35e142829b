"""The values of a scenario: how each is written in the file, what it becomes, how it is written again, and mistakes."""

import tomllib
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from random_scenarios import Seeded

from onecenter.scenario import arrivals, quantities, run_times
from onecenter.scenario.few import LISTED, Few
from onecenter.scenario.toml import dump
from onecenter.units import MS

DAY = MS["d"]


def read(kind: Any, value: Any) -> Any:
    """Return what a value of the file becomes."""
    return TypeAdapter(kind).validate_python(value)


def written(kind: Any, value: Any) -> Any:
    """Return how a value stands in the file again."""
    return TypeAdapter(kind).dump_python(value, mode="json")


def wrong(kind: Any, value: Any) -> str:
    """Return what is said of a wrong value."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    (error,) = caught.value.errors()
    return str(error["msg"]).removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (quantities.Duration, "90 min", 5_400_000),
        (quantities.Memory, "2 GiB", 2_048),
        (quantities.Power, "90 W", 90.0),
        (quantities.Rate, "120 / h", 120 / MS["h"]),
        (quantities.Thousandths, 1.5, 1_500),
        (quantities.Accelerators, 8, 8_000),
        (quantities.Accelerators, 0.143, 143),
        (quantities.Accelerators, 0, 0),
        (quantities.Millionths, 0.000001, 1),
        (quantities.Millionths, 2, 2_000_000),
        (quantities.Slot, "mon 00:00", 0),
        (quantities.Slot, "wed 08:30", 2 * DAY + 8 * MS["h"] + 30 * MS["min"]),
        (quantities.Slot, "sun 23:59", 7 * DAY - MS["min"]),
    ],
)
def test_a_value_is_read_and_written_the_same(kind: Any, text: Any, value: Any) -> None:
    found = read(kind, text)
    assert (type(found), found) == (type(value), value)
    assert written(kind, found) == text


def test_a_slot_of_each_minute_of_a_week_reads_back() -> None:
    choices = Seeded(1)
    for _ in range(200):
        slot = choices.pick(range(7 * 24 * 60)) * MS["min"]
        assert read(quantities.Slot, quantities.slot_text(slot)) == slot


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (quantities.PositiveDuration, "0 s", "must be longer than 0"),
        (quantities.Thousandths, 0.1234, "at most three decimals; write for example 0.123"),
        (quantities.Thousandths, 0.0001, "at most three decimals; write for example 0.001"),
        (quantities.Thousandths, -1, "must not be negative"),
        (quantities.Thousandths, 1_000_001, "too large; at most 1,000,000"),
        (quantities.Thousandths, True, "a number is expected"),
        (quantities.Thousandths, "1", "a number is expected"),
        (quantities.Thousandths, float("nan"), "a finite number is expected"),
        (quantities.Thousandths, float("inf"), "a finite number is expected"),
        (quantities.Accelerators, 2.5, "a task takes whole accelerators or a fraction of one; write 2 or 3"),
        (quantities.Millionths, 1e-7, "at most six decimals"),
        (quantities.Millionths, 10_000_001, "too large; at most 10,000,000"),
        (quantities.Name, "", "a name is 1 to 64 letters, digits, - or _"),
        (quantities.Name, "x" * 65, "a name is 1 to 64 letters, digits, - or _"),
        (quantities.Name, "a.b", "a name is 1 to 64 letters, digits, - or _"),
        (quantities.Percentile, "95", 'not a percentile; write for example p95 or "p99.9"'),
        (quantities.Percentile, "p100", 'not a percentile; write for example p95 or "p99.9"'),
        (quantities.Percentile, "p0.0", 'not a percentile; write for example p95 or "p99.9"'),
        (quantities.Percentile, "p99.9999", 'not a percentile; write for example p95 or "p99.9"'),
    ],
)
def test_what_is_said_of_a_wrong_value(kind: Any, value: Any, said: str) -> None:
    assert wrong(kind, value) == said


@pytest.mark.parametrize("slot", ["mon", "Mon 08:00", "mon 8:00", "mon 24:00", "mon 08:60", "xyz 08:00", 8, None, ""])
def test_a_slot_that_is_none(slot: Any) -> None:
    assert wrong(quantities.Slot, slot).startswith('not a weekly slot; write for example "mon 08:00"')


@pytest.mark.parametrize("name", ["a", "910b", "public-compute", "x" * 64, "长沙", "A_1"])
def test_a_name(name: str) -> None:
    assert read(quantities.Name, name) == name


@pytest.mark.parametrize("percentile", ["p95", "p99.9", "p5", "p0.1", "p99.999"])
def test_a_percentile(percentile: str) -> None:
    assert read(quantities.Percentile, percentile) == percentile


def test_factors_of_a_profile_have_a_mean_of_one() -> None:
    found = arrivals.Poisson(kind="poisson", rate="1 / h", hours=[0.0] * 12 + [3.0] * 12)  # type: ignore[arg-type]
    assert found.hour_factors == (0.0,) * 12 + (2.0,) * 12
    assert found.weekday_factors is None
    # As they were written.
    assert found.hours == (0.0,) * 12 + (3.0,) * 12


POISSON = {"kind": "poisson", "rate": "1 / h"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"hours": [1.0] * 23}, "hours"),
        ({"hours": [0.0] * 24}, "hours"),
        ({"weekdays": [1.0] * 8}, "weekdays"),
        ({"weekdays": [-1.0] * 7}, "weekdays"),
        ({"rate": "-1 / h"}, "rate"),
        ({"burst": {"shape": 0, "every": "1 h"}}, "burst"),
        ({"burst": {"shape": 1, "every": "1 h", "correlation": 1.0}}, "burst"),
        ({"slots": ["mon 08:00"]}, "slots"),
    ],
)
def test_arrivals_that_are_none(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(arrivals.Arrivals, POISSON | changes)
    assert place in {part for error in caught.value.errors() for part in error["loc"]}


def test_a_slot_stands_once_in_a_timetable() -> None:
    table = {"kind": "timetable", "slots": ["mon 08:00", "mon 08:00"], "roster": 3}
    assert wrong(arrivals.Arrivals, table) == "the same slot stands twice; write each once and raise the roster"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"kind": "hyperexponential", "means": ["1 h", "2 h"], "shares": [1.0]}, "shares"),
        ({"kind": "hyperexponential", "means": ["1 h", "2 h"], "shares": [0.5, 0.4]}, "shares"),
        ({"kind": "table", "values": ["1 h"], "shares": [0.5, 0.5]}, "shares"),
        ({"kind": "table", "values": []}, "values"),
        ({"kind": "lognormal", "median": "1 h", "sigma": -0.1}, "sigma"),
        ({"kind": "weibull", "shape": 0.0, "scale": "1 h"}, "shape"),
        ({"kind": "constant", "value": "0 s"}, "value"),
        ({"kind": "exponential", "mean": "1 h", "cap": "0 s"}, "cap"),
        ({"kind": "exponential", "median": "1 h"}, "mean"),
    ],
)
def test_run_times_that_are_none(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(run_times.RunTimes, spec)
    assert said in {part for error in caught.value.errors() for part in error["loc"]}


def test_a_long_list_is_checked_part_by_part() -> None:
    kind = TypeAdapter(tuple[quantities.Share, ...])
    few = Few(3_000, "shares")
    assert few._checked([0.5] * 2_500, kind.validate_python) == (0.5,) * 2_500
    with pytest.raises(ValidationError) as caught:
        few._checked([0.5] * 1_500 + [2, 3] + [0.5] * LISTED + [4], kind.validate_python)
    # Of the first part that has any mistake, each with its place in the whole list.
    assert [error["loc"] for error in caught.value.errors()] == [(1_500,), (1_501,)]
    with pytest.raises(ValueError, match="3,001 shares are too many; at most 3,000 are expected"):
        few._checked([0.5] * 3_001, kind.validate_python)


def test_a_file_is_written_that_reads_back() -> None:
    data = {
        "title": {"en": 'a "b" \\ c', "zh": "长沙\x1b"},
        "notes": ["one", "two"],
        "time": {"horizon": "28 d", "seed": 7, "flag": True},
        "center": {"nodes": {"910b": {"count": 3, "tflops": 1e-9}, "a b": {"count": 0}}, "site": {"pue": 1.25}},
        "platforms": {"p": {"wait": {"p99.9": "1 h"}, "demand": {"s": {"sizes": [{"share": 0.5}, {"share": 0.5}]}}}},
        "growth": {"chain": {"stages": {"only": {"up": 0.5}}}},
        "empty": {},
    }
    text = dump(data)
    assert tomllib.loads(text) == data
    assert "[center.nodes.910b]" in text
    assert '[center.nodes."a b"]' in text
    assert "\x1b" not in text
    assert text.endswith("\n")
    assert not text.startswith("\n")
