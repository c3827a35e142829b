"""Texts, and numbers with their units, as each language writes them.

The texts of a language are a TOML file, all with the same keys; {names} are filled in.
"""

import math
import string
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from onecenter import units

LANGUAGES: Final = ("en", "zh")

#: Between a number and its unit on a page, where no line may break.
GLUE: Final = "\N{NO-BREAK SPACE}"

#: Beside a verdict, so that it can be read without colours.
MARKS: Final = {"met": "✓", "missed": "✗", "undecided": "?"}

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: What amounts of money are counted in where they are rounded.
SCALES: Final = {"en": ((1e9, " billion "), (1e6, " million ")), "zh": ((1e8, " 亿"), (1e4, " 万"))}

Write = Callable[[float], str]


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by key; that of a table of the file has the table's name before it: plan.sure."""
    data = tomllib.loads(files("onecenter.words").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    tables = [(f"{table}.{key}", text) for table, part in data.items() if isinstance(part, dict)
              for key, text in part.items()]  # fmt: skip
    return {key: text for key, text in data.items() if isinstance(text, str)} | dict(tables)


class _Filler(string.Formatter):
    """Fills texts in; {count:node|nodes} gives the number with the word for one or for many behind it."""

    def format_field(self, value: Any, form: str) -> str:
        one, several, many = form.partition("|")
        if not several:
            return str(super().format_field(value, form))
        return f"{value} {one if str(value) == '1' else many}"


FILLER: Final = _Filler()


class Words:
    """Says things in one language, "en" or "zh"; `blank` is what stands between a number and its unit."""

    def __init__(self, language: str = "en", blank: str = " ") -> None:
        self.language, self._blank = language, blank
        self._texts = catalogue(language)
        self._chinese = language == "zh"

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key with its values filled in."""
        return FILLER.format(self._texts[key], **values)

    def known(self, key: str) -> str:
        """Return the text of a key, or the key itself where it has none."""
        return self._texts.get(key, key)

    def verdict(self, verdict: str) -> str:
        """Return a verdict with its mark."""
        return f"{MARKS[verdict]} {self(verdict)}"

    def between(self, low: float | None, high: float | None, write: Write | None = None) -> str:
        """Return a figure by its bounds (None: infinite): "3 h", "≥ 3 h", "3 h to 5 h", "never"; of s if not given."""
        write = write or self.seconds
        if low is None:
            return self("never")
        if high is None:
            return self("at least", low=write(low))
        return write(low) if low == high else self("from to", low=write(low), high=write(high))

    def estimate(self, value: float | None, low: float | None, high: float | None, write: Write | None = None) -> str:
        """Return a value with its interval as far as they are known: "3 h (2 h to 5 h)", "3 h (?)", "≥ 2 h", a dash."""
        write = write or self.seconds
        if value is None:
            return units.NOTHING if low is None else self("at least", low=write(low))
        inside = "?" if low is None or high is None else self("from to", low=write(low), high=write(high))
        return self("interval", value=write(value), inside=inside)

    def with_unit(self, text: str) -> str:
        """Return a number and unit such as "12 min" in this language."""
        number, _, unit = text.rpartition(" ")
        return f"{number}{self._blank}{self.known(f'unit.{unit}').removeprefix('unit.')}" if number else text

    def exact(self, ms: float) -> str:
        """Return a duration given in ms with all its digits, such as a limit."""
        return self.with_unit(units.duration_text(int(ms)))

    def duration(self, ms: float) -> str:
        """Return a duration given in ms, rounded."""
        return self.with_unit(units.format_duration(ms))

    def seconds(self, seconds: float | None) -> str:
        """Return a duration given in s; a dash where there is none."""
        return units.NOTHING if seconds is None else self.duration(1_000 * seconds)

    def signed(self, seconds: float) -> str:
        """Return a difference of durations given in s, with its sign."""
        return f"{'−' if seconds < 0 else '+'}{self.seconds(abs(seconds))}"

    def percent(self, share: float | None) -> str:
        """Return a share as a percentage; Chinese writes no blank before the sign."""
        return units.format_percent(share).replace(" ", "" if self._chinese else self._blank)

    def count(self, number: float | None) -> str:
        """Return a number with separators between thousands, whole from 100 on."""
        if number is None:
            return units.NOTHING
        return f"{number:,.0f}" if abs(number) >= 100 or number == round(number) else f"{number:,.3g}"

    def power(self, watt: float) -> str:
        """Return a power."""
        return self.with_unit(units.format_power(watt))

    def energy(self, watt_hours: float) -> str:
        """Return an energy."""
        return self.with_unit(units.format_energy(watt_hours))

    def mass(self, kilograms: float) -> str:
        """Return a mass, in tonnes from 1,000 kg on."""
        heavy = abs(kilograms) >= 1_000
        return self.with_unit(f"{self.count(kilograms / 1_000 if heavy else kilograms)} {'t' if heavy else 'kg'}")

    def money(self, amount: float | None, currency: str) -> str:
        """Return an amount of money, whole from 100 on; a dash where it is not known."""
        if amount is None:
            return units.NOTHING
        digits = f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"
        return f"{digits}{self._blank}{'元' if self._chinese and currency == 'CNY' else currency}"

    def rounded_money(self, amount: float, currency: str) -> str:
        """Return an amount of money, rounded to three digits: "33 million yuan", "3,300 万元"."""
        name = self("yuan") if currency == "CNY" else currency
        for unit, word in SCALES[self.language]:
            if abs(amount) >= unit:
                decimals = max(2 - int(math.log10(abs(amount / unit))), 0)
                digits = f"{amount / unit:,.{decimals}f}"
                return f"{digits.rstrip('0').rstrip('.') if decimals else digits}{word}{name}"
        return f"{amount:,.0f} {name}"

    def factor(self, factor: float) -> str:
        """Return a factor."""
        return f"{factor:,.1f}" if factor >= 1.1 else f"{factor:.2f}"

    def instant(self, when: datetime) -> str:
        """Return a date and time of day."""
        clock = f"{when:%H:%M}"
        if self._chinese:
            return f"{when.year}年{when.month}月{when.day}日 {clock}"
        return f"{when.day} {MONTHS[when.month - 1]} {when.year}, {clock}"

    def percentile(self, percentile: float) -> str:
        """Return the name of a percentile: p95, or 95 分位."""
        number = units.plain(float(percentile))
        return f"{number}{self._blank}分位" if self._chinese else f"p{number}"

    def join(self, texts: "list[str]") -> str:
        """Return texts with commas between them."""
        return self("comma").join(texts)
