"""The types of options: what each reads from the text of a command line, and what it says would be right."""

import re
from argparse import ArgumentTypeError
from typing import Any

import pytest

from onecenter.checks import DEMAND, INNER_SHARE, LOAD, PART, REPLICATIONS, OneOf
from onecenter.cli import values
from onecenter.cli.values import Kind
from onecenter.policies import NAMED

COUNT, AMOUNT, SHARE = values.count(REPLICATIONS), values.amount(DEMAND), values.share(PART)
LOADS = values.amounts(LOAD)
HORIZON, NAMES = values.duration(60_000), values.names(OneOf(("fifo", "easy", "sjf")))
ASSIGNMENT, PERIODS = values.assignment("time.seed=7"), values.setting("periods", INNER_SHARE, "periods=0.95")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (COUNT, "20", 20),
        (COUNT, " 1 ", 1),
        (AMOUNT, "1.4", 1.4),
        (AMOUNT, "1e3", 1_000.0),
        (LOADS, "0.9, 1,1.1", [0.9, 1.0, 1.1]),
        (SHARE, "1%", 0.01),
        (SHARE, "0 %", 0.0),
        (HORIZON, " 1 min ", "1 min"),
        (HORIZON, "28 d", "28 d"),
        (NAMES, "easy", ["easy"]),
        (NAMES, "easy, fifo", ["easy", "fifo"]),
        (ASSIGNMENT, "a.b=", None),
        (ASSIGNMENT, "a.b=1=2", "a.b=1=2"),
        (PERIODS, "periods=0.9", 0.9),
        (PERIODS, " periods = 0.5 ", 0.5),
        (values.SHAPE, "48x8", "48x8"),
        (values.SHAPE, " 1 X 16 ", " 1 X 16 "),
        (values.POWER_OF_SITE, "1.5 MW", 1_500_000.0),
        (values.POLICY, "easy", "easy"),
        (values.SCENARIO, "a b", "a b"),
    ],
)
def test_what_a_text_is_read_as(kind: Kind, text: str, value: Any) -> None:
    if value is None:
        with pytest.raises(ArgumentTypeError):
            kind(text)
    else:
        assert kind(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "right"),
    [
        (COUNT, "0", "at least 1 is expected"),
        (COUNT, "100001", "at most 100,000 is expected"),
        (COUNT, "2.0", "a whole number is expected"),
        (COUNT, "", "a whole number is expected"),
        (AMOUNT, "0", "more than 0 is expected"),
        (AMOUNT, "1e999", "a finite number is expected"),
        (AMOUNT, "nan", "a number is expected"),
        (LOADS, "1,1.0", "each number is expected once"),
        (LOADS, "1,", "a number is expected"),
        (LOADS, "0.001", "at least 0.01 is expected"),
        (SHARE, "100%", "less than 1 is expected"),
        (SHARE, "-1%", "at least 0 is expected"),
        (SHARE, "0.01", "a percentage such as 5% is expected"),
        (HORIZON, "59 s", "at least 1 min is expected"),
        (HORIZON, "-1 d", "must not be negative"),
        (HORIZON, "90", "the unit is missing"),
        (NAMES, "fifo,fifo", "each name is expected once"),
        (NAMES, "fifo,", "'': one of fifo, easy, sjf is expected"),
        (NAMES, "fifo;easy", "'fifo;easy': one of fifo, easy, sjf is expected"),
        (ASSIGNMENT, "time.seed", "path=value is expected, such as time.seed=7"),
        (ASSIGNMENT, "=7", "path=value is expected"),
        (ASSIGNMENT, "time.seed= ", "path=value is expected"),
        (PERIODS, "0.95", "periods=0.95 or the like is expected"),
        (PERIODS, "period=0.95", "periods=0.95 or the like is expected"),
        (PERIODS, "periods=1", "less than 1 is expected"),
        (PERIODS, "periods=", "a number is expected"),
        (values.SHAPE, "48", "nodes x accelerators per node is expected, such as 48x8"),
        (values.SHAPE, "48*8", "nodes x accelerators per node is expected"),
        (values.SHAPE, "0x8", "at least 1 is expected"),
        (values.SHAPE, "1000001x8", "at most 1,000,000 is expected"),
        (values.SHAPE, "1x2147484", "at most 2,147,483 is expected"),
        (values.POWER_OF_SITE, "0 W", "more than 0 is expected"),
        (values.POWER_OF_SITE, "5 kWh", "units W, kW, MW"),
        (values.POLICY, "EASY", "one of"),
        (values.SCENARIO, " ", "the name of a shipped scenario, or a file, is expected"),
        (values.FOLDER, "a\0b", "the name of a folder is expected"),
        (values.FILE, "", "the name of a file is expected"),
        (values.ADDRESS, "\t", "an address such as tcp://10.0.0.1:8786 is expected"),
        (values.CONDITION, "center.wait_s.p95 > ", "wait_s"),
    ],
)
def test_what_would_be_right_of_a_text_that_is_wrong(kind: Kind, text: str, right: str) -> None:
    with pytest.raises(ArgumentTypeError, match=re.escape(right)):
        kind(text)


def test_the_wrong_text_is_shown_before_what_would_be_right() -> None:
    with pytest.raises(ArgumentTypeError, match=re.escape("'x y': a whole number is expected")):
        COUNT("x y")


@pytest.mark.parametrize("name", list(NAMED))
def test_every_named_policy_can_be_asked_for(name: str) -> None:
    assert values.POLICY(name) == name
    assert values.names(values.policies)(name) == [name]
