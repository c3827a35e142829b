"""A plan's answer in words, English and Chinese."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecenter import units
from onecenter.experiments.assessment import Assessment
from onecenter.planning.candidates import Candidates, Values
from onecenter.planning.fleets import node_type
from onecenter.planning.naming import duration, money, platform_name, target_name
from onecenter.planning.purchase import Buy
from onecenter.planning.question import Question
from onecenter.scenario import Scenario

TEXTS: Final = {
    "en": {
        "interrupted": "Interrupted; found so far: ",
        "fleet": "{counts} nodes",
        "part": "{counts} nodes of {name} ({total} in all)",
        "each": "{count} x {name}",
        "and": " + ",
        "sure": "{fleet}, with 95 % certainty",
        "likely": "{fleet}; {low} to {high} with 95 %",
        "rivals": "{fleet}; with 95 % it is one of {fleets}",
        "reaches": "{fleet}; {low} or more with 95 %, not decided below {last}: raise the range",
        "beyond": "Not decided below {last}: raise the range",
        "enough": "{fleet} are enough, with 95 % certainty",
        "not_enough": "{fleet} are not enough, with 95 % certainty",
        "open": "Whether {fleet} are enough is not decided: add replications",
        "target": "{platform} {what} {value} (95 % interval {low} to {high}, target {limit})",
        "own": "a single four-week period misses it in {share} of cases",
        "below": "{counts} miss it in {share} of four-week periods",
        "hold": "Fewer than {nodes} nodes in all cannot hold {path}",
        "window": "Windows of {window} instead of {own}, so that late jobs can be counted",
        "limits": "Without {limits} a better fleet would do",
        "buy": "Buy {counts}",
        "one": "1 node of {name}",
        "some": "{count} nodes of {name}",
        "nothing": "Nothing has to be bought",
        "spare": "{count} fewer than today would do",
        "cost": ", {cost}",
        "order": ", order by {month}",
        "under": "This holds {conditions}",
        "comma": ", ",
        "stop": ". ",
        "end": ".",
        "not_reached": "not reached",
    },
    "zh": {
        "interrupted": "已中断，目前结果：",
        "fleet": "需要 {counts} 个节点",
        "part": "需要 {counts} 个 {name} 节点（共 {total} 个节点）",
        "each": "{count} 个 {name}",
        "and": " + ",
        "sure": "{fleet}，置信度 95%",
        "likely": "{fleet}；95% 置信区间为 {low} 至 {high} 个",
        "rivals": "{fleet}；有 95% 的把握为下列方案之一：{fleets}",
        "reaches": "{fleet}；95% 置信区间为 {low} 个以上，{last} 个以内不能确定：请扩大范围",
        "beyond": "{last} 个节点以内不能确定：请扩大范围",
        "enough": "{fleet}即可满足全部目标，置信度 95%",
        "not_enough": "{fleet}仍不能满足全部目标，置信度 95%",
        "open": "尚不能确定{fleet}是否足够：请增加重复仿真次数",
        "target": "{platform} {what} {value}（95% 置信区间 {low} 至 {high}，目标 {limit}）",
        "own": "单个四周期间有 {share} 的可能不达标",
        "below": "{counts} 个节点时，有 {share} 的四周期间不达标",
        "hold": "节点总数少于 {nodes} 个时，容纳不下 {path} 的作业",
        "window": "统计窗口由 {own} 延长为 {window}，以便统计超时作业",
        "limits": "若不受 {limits} 限制，可选更优方案",
        "buy": "采购 {counts}",
        "one": "1 个 {name} 节点",
        "some": "{count} 个 {name} 节点",
        "nothing": "无需采购",
        "spare": "可比现有规模减少 {count} 个",
        "cost": "，{cost}",
        "order": "，最迟于 {month} 订购",
        "under": "以上以{conditions}为前提",
        "comma": "，",
        "stop": "。",
        "end": "。",
        "not_reached": "未达到",
    },
}

LIMITS_ZH: Final = {"budget": "预算", "power_cap": "功率上限", "racks": "机柜数"}
LIMITS_EN: Final = {"budget": "the budget", "power_cap": "the power cap", "racks": "the limit of racks"}

#: A target that is met says so where more than this share of its four-week periods miss it.
WORTH_SAYING: Final = 0.05


@dataclass(frozen=True)
class Said:
    """What an answer in words is made from; see `Plan` for what these are."""

    question: Question
    candidates: Candidates
    chosen: Values | None
    likely: Sequence[Values | None]
    decided: bool
    interrupted: bool
    only: bool
    last: Values
    hardest: Assessment
    buy: Buy | None
    too_small: Mapping[str, int]
    binding_limits: Sequence[str]


def answer(said: Said, language: str) -> str:
    """Return a plan's answer in one or a few sentences."""
    words = TEXTS[language]
    sentences = [_first(said, words), *_evidence(said, language), *_bought(said, language), *_around(said, language)]
    start = words["interrupted"] if said.interrupted else ""
    return start + words["stop"].join(sentences) + words["end"]


def _first(said: Said, words: Mapping[str, str]) -> str:
    """Return the fleet, and how sure it is."""
    inside = [values for values in said.likely if values is not None]
    last = _counts(said, said.last, words)
    if said.only:
        key = "open" if len(said.likely) > 1 else "enough" if said.chosen else "not_enough"
        return words[key].format(fleet=_fleet(said, said.last, words))
    if said.chosen is None:
        return words["beyond"].format(last=last)
    fleet = _fleet(said, said.chosen, words)
    if said.decided:
        return words["sure"].format(fleet=fleet)
    if len(said.chosen) > 1:
        listed = ", ".join(_counts(said, values, words) for values in inside)
        return words["rivals"].format(fleet=fleet, fleets=listed)
    low, high = (_counts(said, values, words) for values in (inside[0], inside[-1]))
    key = "reaches" if None in said.likely else "likely"
    return words[key].format(fleet=fleet, low=low, high=high, last=last)


def _fleet(said: Said, chosen: Values, words: Mapping[str, str]) -> str:
    """Return a fleet; with the nodes in all where it is only one of several types."""
    kinds = said.question.scenario.center.nodes
    key = "part" if len(chosen) == 1 and len(kinds) > 1 else "fleet"
    varied = [node_type(path) for path in said.candidates.paths]
    total = sum(chosen) + sum(kind.count for name, kind in kinds.items() if name not in varied)
    return words[key].format(counts=_counts(said, chosen, words), name=varied[0], total=total)


def _counts(said: Said, values: Values, words: Mapping[str, str]) -> str:
    if len(values) == 1:
        return str(values[0])
    names = map(node_type, said.candidates.paths)
    return words["and"].join(words["each"].format(count=c, name=n) for c, n in zip(values, names, strict=True))


def _evidence(said: Said, language: str) -> Iterator[str]:
    """Give the hardest target under the answer, and how often a four-week period misses it."""
    words = TEXTS[language]
    if said.chosen is None and not said.only:
        return
    sentence = _target(said.question.scenario, said.hardest, language)
    if said.hardest.pressure <= 1 and said.hardest.miss_share > WORTH_SAYING:
        sentence += words["comma"] + words["own"].format(share=units.format_percent(said.hardest.miss_share))
    yield sentence
    if said.chosen is not None and len(said.chosen) == 1:
        smaller = said.candidates.tried.get((said.chosen[0] - 1,))
        if smaller is not None:
            share = units.format_percent(max(one.miss_share for one in smaller.assessments))
            yield words["below"].format(counts=said.chosen[0] - 1, share=share)


def _target(scenario: Scenario, one: Assessment, language: str) -> str:
    words = TEXTS[language]

    def shown(value: float | None) -> str:
        if value is None:
            return words["not_reached"]
        return units.plain(round(value, 2)) if one.what.startswith("expansion") else duration(value, language)

    texts = {"value": shown(one.value), "low": shown(one.low), "high": shown(one.high), "limit": shown(one.limit)}
    texts |= {"platform": platform_name(scenario, one.platform, language), "what": target_name(one.what, language)}
    return words["target"].format(**texts)


def _bought(said: Said, language: str) -> Iterator[str]:
    """Give what to buy, for how much, by when, and under what the answer holds."""
    words, bought = TEXTS[language], said.buy
    conditions = said.question.conditions(language)
    if bought is None or said.only:
        parts = []
    elif more := {path: count for path, count in bought.counts.items() if count > 0}:
        named = (
            words["one" if count == 1 else "some"].format(count=count, name=node_type(path))
            for path, count in more.items()
        )
        parts = [words["buy"].format(counts=words["and"].join(named))]
        if bought.cost is not None:
            currency = said.question.scenario.center.site.currency
            parts.append(words["cost"].format(cost=money(bought.cost, currency, language)))
        if bought.order_by is not None:
            parts.append(words["order"].format(month=bought.order_by))
    else:
        fewer = -sum(bought.counts.values())
        parts = [words["nothing"]] + ([words["comma"], words["spare"].format(count=fewer)] if fewer else [])
    if parts and conditions:
        yield "".join(parts) + words["comma"] + conditions
    elif parts or conditions:
        yield "".join(parts) or words["under"].format(conditions=conditions)


def _around(said: Said, language: str) -> Iterator[str]:
    """Give what a smaller fleet cannot hold, which limits bind, and how long the windows are."""
    words = TEXTS[language]
    for path, nodes in said.too_small.items():
        yield words["hold"].format(nodes=nodes, path=path)
    if said.binding_limits:
        names = LIMITS_ZH if language == "zh" else LIMITS_EN
        yield words["limits"].format(limits=words["comma"].join(names[name] for name in said.binding_limits))
    own, used = said.question.scenario.time.horizon, said.candidates.scenario.time.horizon
    if used > own:
        texts = {"window": duration(used / 1_000, language), "own": duration(own / 1_000, language)}
        yield words["window"].format(**texts)
