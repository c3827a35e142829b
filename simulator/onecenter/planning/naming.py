"""Platforms, targets and durations by their names, English and Chinese, as answers and outlooks say them."""

import re
from typing import Final

from onecenter import units
from onecenter.scenario import Scenario

LANGUAGES: Final = ("en", "zh")

UNITS_ZH: Final = {"ms": "毫秒", "s": "秒", "min": "分钟", "h": "小时", "d": "天"}
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
