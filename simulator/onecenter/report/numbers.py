"""Numbers with their units, as each language writes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from onecenter import units
from onecenter.results.targets import Target

#: Between a number and its unit no line may break.
GLUE: Final = "\N{NO-BREAK SPACE}"

CHINESE: Final[Mapping[str, str]] = {
    "ms": "毫秒",
    "s": "秒",
    "min": "分钟",
    "h": "小时",
    "d": "天",
    "W": "瓦",
    "kW": "千瓦",
    "MW": "兆瓦",
    "Wh": "瓦时",
    "kWh": "千瓦时",
    "MWh": "兆瓦时",
    "GWh": "吉瓦时",
    "kg": "千克",
    "t": "吨",
}

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Numbers:
    """Writes numbers in one language.

    Parameters
    ----------
    language : str
        "en" or "zh".
    """

    def __init__(self, language: str) -> None:
        self._chinese = language == "zh"

    def with_unit(self, text: str) -> str:
        """Return a number and unit such as "12 min" in this language."""
        number, _, unit = text.rpartition(" ")
        if not number:
            return text
        return f"{number}{GLUE}{CHINESE.get(unit, unit) if self._chinese else unit}"

    def exact(self, ms: int) -> str:
        """Return a duration given in ms exactly, such as a limit."""
        return self.with_unit(units.duration_text(int(ms)))

    def duration(self, ms: float) -> str:
        """Return a duration given in ms, rounded."""
        return self.with_unit(units.format_duration(ms))

    def seconds(self, seconds: float | None) -> str:
        """Return a duration given in s; a dash where there is none."""
        return units.NOTHING if seconds is None else self.duration(1_000 * seconds)

    def percent(self, share: float | None) -> str:
        """Return a share as a percentage; Chinese writes no blank before the sign."""
        text = units.format_percent(share)
        return text.replace(" ", "" if self._chinese else GLUE)

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

    def money(self, amount: float, currency: str) -> str:
        """Return an amount of money, whole from 100 on."""
        digits = f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"
        return f"{digits}{GLUE}{'元' if self._chinese and currency == 'CNY' else currency}"

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
        return f"{number}{GLUE}分位" if self._chinese else f"p{number}"

    def limit(self, target: Target) -> str:
        """Return a target's limit."""
        return self.exact(int(target.limit)) if target.kind == "wait" else units.plain(float(target.limit))

    def measured(self, target: Target, value: float | None) -> str | None:
        """Return what was measured for a target (s, or a factor); None where it is infinite."""
        if value is None:
            return None
        return self.seconds(value) if target.kind == "wait" else self.factor(value)
