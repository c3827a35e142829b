"""A plan's answer in words, English and Chinese."""

from collections.abc import Mapping
from typing import Final

from onecenter import units
from onecenter.planning.candidates import Candidates, Values
from onecenter.planning.naming import duration, platform_name, target_name
from onecenter.planning.question import Question
from onecenter.scenario import Scenario
from onecenter.standing import Standing

TEXTS: Final = {
    "en": {
        "fleet": "{counts} nodes",
        "part": "{counts} nodes of {name} ({total} in all)",
        "each": "{count} x {name}",
        "and": " + ",
        "span": "{first} to {last}",
        "target": "{platform} {what} {value} (95 % interval {low} to {high}, target {limit})",
        "open": "The smallest fleet is one of {fleets}: {needed} replications would decide it",
        "none": "No fleet surely meets all targets",
        "under": "This holds {conditions}",
        "below": "{counts} miss it in {share} of four-week periods",
        "stop": ". ",
        "end": ".",
        "not_reached": "not reached",
        "about": "about {needed}",
        "many": "more than 10,000",
    },
    "zh": {
        "fleet": "需要 {counts} 个节点",
        "part": "需要 {counts} 个 {name} 节点（共 {total} 个节点）",
        "each": "{count} 个 {name}",
        "and": " + ",
        "span": "{first} 至 {last}",
        "target": "{platform} {what} {value}（95% 置信区间 {low} 至 {high}，目标 {limit}）",
        "open": "尚不能确定：最小规模为 {fleets} 之一；需 {needed} 次重复仿真才能判定",
        "none": "没有任何规模能确定满足全部目标",
        "under": "以上以{conditions}为前提",
        "below": "{counts} 个节点时，有 {share} 的四周期间不达标",
        "stop": "。",
        "end": "。",
        "not_reached": "未达到",
        "about": "约 {needed}",
        "many": "10,000 以上",
    },
}

#: Beyond so many replications a number says only that two fleets are too near each other.
WORTH_SAYING: Final = 10_000


def answer(
    question: Question, candidates: Candidates, chosen: Values | None, open_: list[Values], language: str
) -> str:
    """Return a plan's answer in one or a few sentences; see `Plan` for what these are."""
    words = TEXTS[language]
    sentences = [words["none"]]
    if chosen is not None:
        hardest = max(candidates.tried[chosen].standings, key=lambda one: one.pressure)
        sentences = [_fleet(candidates, chosen, words), _target(question.scenario, hardest, language)]
        sentences += _below(candidates, chosen, words)
    if open_:
        needed = _needed(candidates, open_)
        about = words["many"] if needed is None else words["about"].format(needed=units.format_count(needed))
        sentences.append(words["open"].format(fleets=_fleets(candidates, open_, words), needed=about))
    if conditions := question.conditions(language):
        sentences.append(words["under"].format(conditions=conditions))
    return words["stop"].join(sentences) + words["end"]


def _fleet(candidates: Candidates, chosen: Values, words: Mapping[str, str]) -> str:
    """Return the fleet of the answer; with the nodes in all where it is only one of several types."""
    kinds = candidates.tried[chosen].runs.task.scenario.fleet
    key = "part" if len(chosen) == 1 and len(kinds) > 1 else "fleet"
    name, total = candidates.paths[0].split(".")[2], sum(kind.count for kind in kinds)
    return words[key].format(counts=_counts(candidates, chosen, words), name=name, total=total)


def _fleets(candidates: Candidates, fleets: list[Values], words: Mapping[str, str]) -> str:
    """Return the fleets; of one node type the first and the last, as all between belong to them."""
    listed = [_counts(candidates, values, words) for values in fleets]
    if len(candidates.paths) == 1 and len(listed) > 2:
        return words["span"].format(first=listed[0], last=listed[-1])
    return ", ".join(listed)


def _counts(candidates: Candidates, values: Values, words: Mapping[str, str]) -> str:
    if len(values) == 1:
        return str(values[0])
    names = [path.split(".")[2] for path in candidates.paths]
    return words["and"].join(words["each"].format(count=c, name=n) for c, n in zip(values, names, strict=True))


def _target(scenario: Scenario, one: Standing, language: str) -> str:
    words = TEXTS[language]

    def shown(value: float | None) -> str:
        if value is None:
            return words["not_reached"]
        return units.plain(round(value, 2)) if one.what.startswith("expansion") else duration(value, language)

    texts = {"value": shown(one.value), "low": shown(one.low), "high": shown(one.high), "limit": shown(one.limit)}
    texts |= {"platform": platform_name(scenario, one.platform, language), "what": target_name(one.what, language)}
    return words["target"].format(**texts)


def _below(candidates: Candidates, chosen: Values, words: Mapping[str, str]) -> list[str]:
    """Say how often one node less misses, where that was tried."""
    smaller = candidates.tried.get((chosen[0] - 1, *chosen[1:]))
    if smaller is None or len(chosen) > 1:
        return []
    share = max(one.miss_share for one in smaller.standings)
    return [words["below"].format(counts=chosen[0] - 1, share=units.format_percent(share))]


def _needed(candidates: Candidates, open_: list[Values]) -> int | None:
    """Return the replications that would decide all of them; None: too many to be worth saying."""
    standings = [one for values in open_ for one in candidates.tried[values].standings]
    most = max((one.needed for one in standings if one.needed is not None), default=None)
    return None if most is None or most > WORTH_SAYING else most
