"""Platforms, targets and durations by their names, English and Chinese, as answers and outlooks say them."""

import math
import re
from typing import Final

from onecenter import units
from onecenter.scenario import Scenario

LANGUAGES: Final = ("en", "zh")

UNITS_ZH: Final = {"ms": "毫秒", "s": "秒", "min": "分钟", "h": "小时", "d": "天"}
SCALES: Final = {
    "en": ((1e9, " billion"), (1e6, " million")),
    "zh": ((1e8, " 亿"), (1e4, " 万")),
}
KINDS_ZH: Final = {"wait": "等待时间", "expansion": "膨胀系数"}

#: `Target.name`: kind, percentile and perhaps a size class.
TARGET: Final = re.compile(r"(?P<kind>\w+) p(?P<percentile>\S+)(?: \((?P<sizes>.+) accelerators\))?")


def platform_name(scenario: Scenario, platform: str, language: str) -> str:
    """Return a platform's Chinese label, or its name."""
    label = scenario.platforms[platform].label
    return (label.zh if label and language == "zh" else None) or platform


def target_name(what: str, language: str) -> str:
    """Return a target's name, such as "wait p95" or "95 分位等待时间"."""
    found = TARGET.fullmatch(what)
    if language != "zh" or found is None:
        return what
    sizes = f"（{found['sizes']} 张加速卡的作业）" if found["sizes"] else ""
    return f"{found['percentile']} 分位{KINDS_ZH[found['kind']]}{sizes}"


def duration(seconds: float, language: str) -> str:
    """Return a duration (s), rounded."""
    return _in(language, units.format_seconds(seconds))


def exact(ms: int, language: str) -> str:
    """Return a duration (ms) with all its digits, such as a limit."""
    return _in(language, units.duration_text(ms))


def _in(language: str, text: str) -> str:
    number, _, unit = text.rpartition(" ")
    return f"{number} {UNITS_ZH.get(unit, unit)}" if language == "zh" and number else text


def money(amount: float, currency: str, language: str) -> str:
    """Return an amount of money, rounded to three digits: "33 million yuan", "3,300 万元"."""
    name = {"en": "yuan", "zh": "元"}[language] if currency == "CNY" else currency
    for unit, word in SCALES[language]:
        if abs(amount) >= unit:
            return f"{_three_digits(amount / unit)}{word}{name if language == 'zh' else ' ' + name}"
    return f"{amount:,.0f} {name}"


def _three_digits(value: float) -> str:
    decimals = max(2 - int(math.log10(abs(value))), 0)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text
