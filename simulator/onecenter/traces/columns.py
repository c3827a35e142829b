"""Blocks of text into columns of numbers, with every mistake's line."""

import re
from decimal import ROUND_CEILING, Context, Decimal
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from onecenter.errors import TraceError

from .files import Block
from .trace import Array

if TYPE_CHECKING:
    import polars as pl

#: An error shows so many mistakes; reading stops when so many are known.
SHOWN, ENOUGH = 20, 10_000

#: How a timestamp is written; decimals of a second may follow.
TIMESTAMP = "%Y-%m-%d %H:%M:%S%.f"

#: A value in the log may be at most so many units of int64 milliseconds or of int64.
INT64_MAX = 2**63 - 1

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)

#: Upwards, so that no digit behind the millisecond is lost.
UPWARDS = Context(prec=50, rounding=ROUND_CEILING)


class Mistakes:
    """Mistakes of a trace, each with its line."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.count = 0
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, text: str) -> None:
        """Note a mistake; `text` follows the line's number."""
        self.count += 1
        if len(self._found) < ENOUGH:
            self._found.append((line, text))

    def check(self, *, enough: int = 1) -> None:
        """Raise TraceError if there are at least `enough` mistakes."""
        if self.count < enough:
            return
        found = sorted(self._found)
        lines = [f"line {line}{text}" for line, text in found[:SHOWN]]
        if self.count > SHOWN:
            stopped = "; reading stopped there" if enough > 1 else ""
            lines.append(f"and {self.count - SHOWN:,} more ({self.count:,} in all{stopped})")
        raise TraceError(self.source, lines)


def quoted(text: str) -> str:
    """Return a value for a message, cut where it is long."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def squeezed(data: bytes) -> bytes:
    """Return the lines with single blanks between fields and none around them."""
    chars: Array = np.frombuffer(data, np.uint8)
    blank = (chars == ord(" ")) | (chars == ord("\t")) | (chars == ord("\r"))
    before = np.concatenate([[True], blank[:-1] | (chars[:-1] == ord("\n"))])
    chars = np.where(blank, np.uint8(ord(" ")), chars)[~(blank & before)]
    trailing = (chars[:-1] == ord(" ")) & (chars[1:] == ord("\n"))
    packed: bytes = chars[np.concatenate([~trailing, [True]])].tobytes()
    return packed


def split(
    block: Block, names: tuple[str, ...], mistakes: Mistakes, *, separator: str, comment: str = "\n"
) -> tuple[Array, "pl.DataFrame"]:
    """Return the numbers of the lines that hold a job and their fields as text, by one separator each.

    Lines that are empty or begin with `comment` are skipped; a line with another number of fields is a mistake.
    """
    chars = np.frombuffer(block.data, np.uint8)
    ends = np.flatnonzero(chars == ord("\n"))
    starts = np.concatenate([[0], ends + 1])[:-1]
    separators = np.searchsorted(np.flatnonzero(chars == ord(separator)), np.concatenate([[0], ends]))
    fields = np.diff(separators) + 1
    used = (chars[starts] != ord("\n")) & (chars[starts] != ord(comment))
    wrong = np.flatnonzero(used & (fields != len(names)))
    for row in wrong[:ENOUGH]:
        mistakes.add(block.line + int(row), f" has {fields[row]} fields: {len(names)} are expected")
    mistakes.count += len(wrong[ENOUGH:])
    used &= fields == len(names)
    text = _lines(block.data, starts, ends, used)
    return block.line + np.flatnonzero(used), _table(text, names, separator)


def _table(text: bytes, names: tuple[str, ...], separator: str) -> "pl.DataFrame":
    """Return lines of equally many fields as text columns; an empty field is ""."""
    import polars as pl

    schema = dict.fromkeys(names, pl.String)
    if not text:
        return pl.DataFrame(schema=schema)
    table = pl.read_csv(text, has_header=False, schema=schema, separator=separator, quote_char=None)
    return table.with_columns(pl.all().fill_null(""))


def _lines(data: bytes, starts: Array, ends: Array, used: Array) -> bytes:
    """Return the used lines; those that stand together are copied together."""
    if used.all():
        return data
    edges = np.flatnonzero(np.diff(np.concatenate([[False], used, [False]]).astype(np.int8)))
    runs = zip(starts[edges[::2]].tolist(), (ends[edges[1::2] - 1] + 1).tolist(), strict=True)
    return b"".join(data[first:last] for first, last in runs)


def texts(column: "pl.Series", lines: Array, mistakes: Mistakes) -> Array:
    """Return a column of names, none of them empty."""
    names = column.str.strip_chars()
    for row in np.flatnonzero((names == "").to_numpy()):
        mistakes.add(int(lines[row]), f", {column.name} is empty: a name is expected")
    return np.array(names.to_list(), dtype=object)


def instants(column: "pl.Series", lines: Array, mistakes: Mistakes) -> Array:
    """Return a column of timestamps in ms since 1970, rounded up."""
    import polars as pl

    times = column.str.strip_chars().str.to_datetime(TIMESTAMP, time_unit="us", strict=False)
    wrong = times.is_null()
    for row, text in zip(np.flatnonzero(wrong.to_numpy()), column.filter(wrong), strict=True):
        expected = "a time such as 2017-10-09 07:01:55 is expected"
        mistakes.add(int(lines[row]), f", {column.name} = {quoted(text)}: {expected}")
    micros: Array = times.cast(pl.Int64).fill_null(0).to_numpy()
    return -(-micros // 1000)


def reals(column: "pl.Series", lines: Array, mistakes: Mistakes) -> Array:
    """Return a column of finite numbers, float64."""
    import polars as pl

    found = column.str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan)
    wrong = ~found.is_finite()
    for row, text in zip(np.flatnonzero(wrong.to_numpy()), column.filter(wrong), strict=True):
        mistakes.add(int(lines[row]), f", {column.name} = {quoted(text)}: a number is expected")
    values: Array = found.to_numpy()
    return values


def _numbers(column: "pl.Series", lines: Array, mistakes: Mistakes, scale: int, expected: str) -> Array:
    import polars as pl

    whole = column.cast(pl.Int64, strict=False)
    if whole.null_count():
        whole = column.str.strip_chars().str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
    values = whole.fill_null(0).to_numpy()
    most = INT64_MAX // scale
    slow = whole.is_null().to_numpy() | (values > most) | (values < -most)
    scaled: Array = np.where(slow, 0, values) * scale
    for row, text in zip(np.flatnonzero(slow).tolist(), column.filter(pl.Series(slow)), strict=True):
        value = _number(text.strip(), scale)
        if isinstance(value, str):
            mistakes.add(int(lines[row]), f", {column.name} = {quoted(text)} {value}; {expected}")
        else:
            scaled[row] = value
    return scaled


def _number(text: str, scale: int) -> int | str:
    """Return the number times `scale`, or what is wrong with it."""
    if not text:
        return "is empty"
    if NOT_FINITE.fullmatch(text):
        return "is not finite"
    if len(text) > 100 or not NUMBER.fullmatch(text):
        return "is no number"
    value = Decimal(text)
    if value.copy_abs() > INT64_MAX // scale:
        return "is too large for 64 bits"
    if scale == 1 and value != value.to_integral_value():
        return "is a fraction"
    return int(UPWARDS.multiply(value, Decimal(scale)).to_integral_value(ROUND_CEILING))


#: Read a column of seconds in ms, of whole numbers ("8.0" is one), of any numbers in thousandths; rounded up.
seconds = partial(_numbers, scale=1000, expected="seconds are expected")
wholes = partial(_numbers, scale=1, expected="a whole number is expected")
numbers = partial(_numbers, scale=1000, expected="a number is expected")
