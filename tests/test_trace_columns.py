"""Blocks of a log into columns: lines and fields, numbers to the last digit, and the line of every mistake."""

import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
import polars as pl
import pytest
from random_scenarios import Seeded

from onecenter.errors import TraceError
from onecenter.traces import columns
from onecenter.traces.columns import Mistakes
from onecenter.traces.files import Block
from onecenter.traces.formats import FORMATS, cells, detected, named

NAMES = ("a", "b", "c")


def split(text: str, line: int = 1, separator: str = " ") -> tuple[list[int], list[tuple[Any, ...]], list[str]]:
    """Return the numbers of the lines that are used, their fields, and the mistakes."""
    mistakes = Mistakes("log")
    lines, table = columns.split(Block(line, text.encode()), NAMES, mistakes, separator=separator, comment=";")
    return lines.tolist(), table.rows(), told(mistakes)


def told(mistakes: Mistakes) -> list[str]:
    """Return what was noted."""
    try:
        mistakes.check()
    except TraceError as error:
        return error.mistakes
    return []


def test_lines_are_numbered_as_in_the_file() -> None:
    text = "; a comment of any length\n1 2 3\n\n4 5 6\n;\n7 8 9\n"
    assert split(text, line=10) == ([11, 13, 15], [("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")], [])


def test_lines_with_other_numbers_of_fields_are_left_out_and_told() -> None:
    lines, rows, mistakes = split("1 2\n1 2 3\n1 2 3 4\n5 6 7\n8\n")
    assert (lines, rows) == ([2, 4], [("1", "2", "3"), ("5", "6", "7")])
    assert mistakes == [f"line {line} has {count} fields: 3 are expected" for line, count in ((1, 2), (3, 4), (5, 1))]


@pytest.mark.parametrize("text", ["", "\n", ";\n\n; 1 2 3\n"])
def test_a_block_without_a_job(text: str) -> None:
    assert split(text) == ([], [], [])


def test_an_empty_field_is_an_empty_text() -> None:
    assert split("1,,3\n,,\n", separator=",") == ([1, 2], [("1", "", "3"), ("", "", "")], [])


def test_quotes_are_letters_like_others() -> None:
    assert split('"1,2",3\n', separator=",") == ([1], [('"1', '2"', "3")], [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1 2 3\n", "1 2 3\n"),
        ("  1\t\t2   3 \r\n", "1 2 3\n"),
        ("\n \n1\n", "\n\n1\n"),
        ("1 \t\n\t 2\n", "1\n2\n"),
    ],
)
def test_blanks_are_squeezed(before: str, after: str) -> None:
    assert columns.squeezed(before.encode()) == after.encode()


def naive_squeezed(text: str) -> str:
    return "".join(" ".join(re.split(r"[ \t\r]+", line.strip(" \t\r"))) + "\n" for line in text.split("\n")[:-1])


@pytest.mark.parametrize("seed", range(20))
def test_blanks_are_squeezed_as_line_by_line(seed: int) -> None:
    choices = Seeded(seed)
    text = "".join(choices.pick(("1", "23", " ", " ", "\t", "\r", "\n")) for _ in range(200)) + "\n"
    assert columns.squeezed(text.encode()).decode() == naive_squeezed(text)


Reader = Callable[[pl.Series, Any, Mistakes], Any]


def read(reader: Reader, *texts: str) -> tuple[list[Any], list[str]]:
    """Return the values of a column "x" whose first line is 5, and the mistakes."""
    mistakes = Mistakes("log")
    found = reader(pl.Series("x", list(texts)), np.arange(5, 5 + len(texts)), mistakes)
    return found.tolist(), told(mistakes)


def test_seconds_become_ms_upwards() -> None:
    texts = ("0", "1", "-1", "1.5", "0.0001", "1e3", "-0.0005", "9223372036854775", "2.000", " 3 ", ".5", "5.")
    expected = [0, 1_000, -1_000, 1_500, 1, 1_000_000, 0, 9_223_372_036_854_775_000, 2_000, 3_000, 500, 5_000]
    assert read(columns.seconds, *texts) == (expected, [])


def test_whole_numbers_may_be_written_with_a_point() -> None:
    texts = ("8", "8.0", "8.", "-1", "9223372036854775807", "8e0", "0.5e1", "+3")
    assert read(columns.wholes, *texts) == ([8, 8, 8, -1, 2**63 - 1, 8, 5, 3], [])


@pytest.mark.parametrize(
    ("reader", "text", "wrong"),
    [
        (columns.wholes, "8.5", "'8.5' is a fraction; a whole number is expected"),
        (columns.wholes, "9223372036854775808", "is too large for 64 bits; a whole number is expected"),
        (columns.seconds, "9223372036854776", "is too large for 64 bits; seconds are expected"),
        (columns.seconds, "1e400", "'1e400' is too large for 64 bits"),
        (columns.seconds, "", "'' is empty; seconds are expected"),
        (columns.seconds, "nan", "'nan' is not finite"),
        (columns.numbers, "-Infinity", "'-Infinity' is not finite; a number is expected"),
        (columns.numbers, "1_000", "'1_000' is no number"),
        (columns.numbers, "0x10", "'0x10' is no number"),
        (columns.numbers, "1" + "0" * 100, "is no number"),
        (columns.numbers, "٣", "is no number"),
    ],
)
def test_what_is_no_number_is_told_with_its_line(reader: Reader, text: str, wrong: str) -> None:
    values, mistakes = read(reader, "1", text, "2")
    assert values[1] == 0
    assert len(mistakes) == 1
    assert mistakes[0].startswith("line 6, x = ")
    assert wrong in mistakes[0]


@pytest.mark.parametrize("seed", range(10))
def test_thousandths_are_those_of_exact_fractions(seed: int) -> None:
    choices = Seeded(seed)
    texts = [
        f"{choices.pick(('', '-', '+'))}{choices.pick(range(10**6))}.{choices.pick(range(10**6)):06}"
        f"{choices.pick(('', 'e2', 'E-3'))}"
        for _ in range(50)
    ]
    assert read(columns.numbers, *texts) == ([ceil(Fraction(text) * 1_000) for text in texts], [])


def test_timestamps_are_ms_since_1970_upwards() -> None:
    texts = ("1970-01-01 00:00:01", " 2017-10-09 07:01:55 ", "1970-01-01 00:00:00.0001", "1969-12-31 23:59:59")
    assert read(columns.instants, *texts) == ([1_000, 1_507_532_515_000, 1, -1_000], [])


def test_what_is_no_timestamp_is_told_with_its_line() -> None:
    values, mistakes = read(columns.instants, "2017-10-09 07:01:55", "2017-02-30 00:00:00", "")
    assert values[1:] == [0, 0]
    right = "a time such as 2017-10-09 07:01:55 is expected"
    assert mistakes == [f"line 6, x = '2017-02-30 00:00:00': {right}", f"line 7, x = '': {right}"]


def test_names_lose_their_blanks_and_may_not_be_empty() -> None:
    values, mistakes = read(columns.texts, " a ", "b c", "  ")
    assert values[:2] == ["a", "b c"]
    assert mistakes == ["line 7, x is empty: a name is expected"]


def test_many_mistakes_are_counted_and_the_first_shown() -> None:
    mistakes = Mistakes("log")
    for line in range(1_500, 0, -1):
        mistakes.add(line, " is wrong")
    mistakes.check(enough=1_501)
    with pytest.raises(TraceError) as caught:
        mistakes.check()
    assert caught.value.mistakes[:2] == ["line 1 is wrong", "line 2 is wrong"]
    assert caught.value.mistakes[20:] == ["and 1,480 more (1,500 in all)"]


def test_a_value_of_a_message_is_cut() -> None:
    assert columns.quoted("x" * 40) == repr("x" * 40)
    assert columns.quoted("x" * 41) == repr("x" * 40 + "…")


SWF_LINE = " ".join(["1"] * 18)


@pytest.mark.parametrize(
    ("file", "line", "name"),
    [
        ("log.swf", "", "swf"),
        ("LOG.SWF.gz", "anything", "swf"),
        ("log", SWF_LINE, "swf"),
        ("log", "; Version: 2.2", "swf"),
        ("log", "job_id,submission_time,duration,num_gpu", "itp"),
        ("log.csv", 'timestamp,"duration" , num_gpus,cluster,more', "philly"),
        ("log.csv", "duration,num_gpus", "philly"),
        ("log.csv", "job_id,duration", "itp"),
    ],
)
def test_the_format_for_which_most_speaks(file: str, line: str, name: str) -> None:
    assert detected("log", file, line).name == name


@pytest.mark.parametrize("line", ["", "duration", "a,b,c", " ".join(["1"] * 17), " ".join(["x"] * 18)])
def test_a_first_line_that_fits_no_format(line: str) -> None:
    with pytest.raises(TraceError, match="fits no known format"):
        detected("log", "log.txt", line)


def test_a_scenario_is_sent_where_it_belongs() -> None:
    with pytest.raises(TraceError, match="`onecenter run` takes scenarios"):
        detected("ours", "ours.toml", "[time]")


def test_formats_are_known_by_name() -> None:
    assert [named(each.name) for each in FORMATS] == list(FORMATS)
    with pytest.raises(TraceError, match=r'one of swf, itp, philly is expected; did you mean "philly"\?'):
        named("phily")
    with pytest.raises(TraceError, match=r"one of swf, itp, philly is expected$"):
        named("x")
    assert cells('a , "b c",,"d') == ["a", "b c", "", "d"]
