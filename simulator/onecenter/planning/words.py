"""A plan's answer in words, English and Chinese."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from onecenter import units
from onecenter.planning.candidates import Candidate
from onecenter.planning.standing import Standing

if TYPE_CHECKING:
    from onecenter.planning.answer import Plan

LANGUAGES: Final = ("en", "zh")

TEXTS: Final = {
    "en": {
        "fleet": "{counts} nodes",
        "each": "{count} x {name}",
        "and": " + ",
        "target": "{platform} {what} {value} (95 % interval {low} to {high}, target {limit})",
        "open": "The smallest fleet is one of {fleets}: {needed} replications would decide it",
        "none": "No fleet surely meets all targets",
        "below": "{counts} miss it in {share} of months",
        "stop": ". ",
        "end": ".",
        "not_reached": "not reached",
        "about": "about {needed}",
        "many": "more than 10,000",
    },
    "zh": {
        "fleet": "需要 {counts} 个节点",
        "each": "{count} 个 {name}",
        "and": " + ",
        "target": "{platform} {what} {value}（95 % 置信区间 {low} 至 {high}，目标 {limit}）",
        "open": "尚不能确定：最小规模为 {fleets} 之一；需 {needed} 次重复仿真才能判定",
        "none": "没有任何规模能确定满足全部目标",
        "below": "{counts} 个节点时，有 {share} 的月份不达标",
        "stop": "。",
        "end": "。",
        "not_reached": "未达到",
        "about": "约 {needed}",
        "many": "10,000 以上",
    },
}

#: Beyond so many replications a number says only that two fleets are too near each other.
WORTH_SAYING: Final = 10_000

UNITS_ZH: Final = {" ms": " 毫秒", " s": " 秒", " min": " 分钟", " h": " 小时", " d": " 天"}
WHAT_ZH: Final = {"wait": "等待时间", "expansion": "膨胀系数", "accelerators": "张加速卡"}


def answer(plan: "Plan", language: str) -> str:
    """Return the answer in one or a few sentences."""
    words = TEXTS[language]
    sentences = []
    if plan.chosen is None:
        sentences.append(words["none"])
    else:
        hardest = max(plan.best.standings, key=lambda one: one.pressure)
        counts = _counts(plan, plan.chosen, language)
        sentences += [words["fleet"].format(counts=counts), _target(plan, hardest, language)]
        sentences += _below(plan, hardest, language)
    if plan.open:
        fleets = ", ".join(_counts(plan, values, language) for values in plan.open)
        sentences.append(words["open"].format(fleets=fleets, needed=_about(plan, words)))
    return words["stop"].join(sentences) + words["end"]


def _counts(plan: "Plan", values: tuple[int, ...], language: str) -> str:
    if len(values) == 1:
        return str(values[0])
    words = TEXTS[language]
    names = [path.split(".")[2] for path in plan.candidates.paths]
    return words["and"].join(words["each"].format(count=c, name=n) for c, n in zip(values, names, strict=True))


def _target(plan: "Plan", one: Standing, language: str) -> str:
    def shown(value: float | None) -> str:
        if value is None:
            return TEXTS[language]["not_reached"]
        return units.plain(round(value, 2)) if one.what.startswith("expansion") else _duration(value, language)

    what = one.what
    if language == "zh":
        for english, chinese in WHAT_ZH.items():
            what = what.replace(english, chinese)
    texts = {"value": shown(one.value), "low": shown(one.low), "high": shown(one.high), "limit": shown(one.limit)}
    return TEXTS[language]["target"].format(platform=_label(plan, one.platform, language), what=what, **texts)


def _label(plan: "Plan", platform: str, language: str) -> str:
    label = plan.scenario.platforms[platform].label
    return (label.zh if label and language == "zh" else platform) or platform


def _duration(seconds: float, language: str) -> str:
    text = units.format_seconds(seconds)
    if language == "zh":
        for unit, chinese in sorted(UNITS_ZH.items(), key=lambda pair: -len(pair[0])):
            if text.endswith(unit):
                return text.removesuffix(unit) + chinese
    return text


def _below(plan: "Plan", hardest: Standing, language: str) -> list[str]:
    """Say how often one node less misses, where that was tried."""
    assert plan.chosen is not None
    less = (plan.chosen[0] - 1, *plan.chosen[1:])
    smaller: Candidate | None = plan.candidates.tried.get(less)
    if smaller is None or len(plan.chosen) > 1:
        return []
    share = max(one.miss_share for one in smaller.standings)
    return [TEXTS[language]["below"].format(counts=less[0], share=units.format_percent(share))]


def _about(plan: "Plan", words: Mapping[str, str]) -> str:
    needed = _needed(plan)
    return words["many"] if needed is None else words["about"].format(needed=units.format_count(needed))


def _needed(plan: "Plan") -> int | None:
    known = [
        one.needed for values in plan.open for one in plan.candidates.tried[values].standings if one.needed is not None
    ]
    most = max(known, default=None)
    return None if most is None or most > WORTH_SAYING else most
