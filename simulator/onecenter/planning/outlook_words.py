"""An outlook in words, English and Chinese."""

from collections.abc import Mapping, Sequence
from typing import Final

from onecenter.planning.naming import platform_name, target_name
from onecenter.planning.purchase import Purchase
from onecenter.planning.question import Question

TEXTS: Final = {
    "en": {
        "holds": "Today's fleet meets every target for {months} months",
        "fails": "{platform} {what} first fails in month {month}",
        "buy": "order {count} nodes in month {order} for month {month}: {after} in all, enough to month {until}",
        "late": "{count} nodes are needed in month {month}, and their order is {late} months late: {after} in all",
        "under": "this holds {conditions}",
        "beyond": "nodes for month {month} are not decided below {most}: raise the range",
        "interval": " ({low} to {high} with 95 %)",
        "reaches": " ({low} or more with 95 %; not decided below {most}: raise the range)",
        "stop": "; ",
        "end": ".",
    },
    "zh": {
        "holds": "现有规模可在 {months} 个月内满足全部目标",
        "fails": "{platform} {what}于第 {month} 个月首次不达标",
        "buy": "第 {order} 个月订购 {count} 个节点，第 {month} 个月投入使用，共 {after} 个，可满足至第 {until} 个月",
        "late": "第 {month} 个月需要新增 {count} 个节点，订购已晚 {late} 个月；共 {after} 个",
        "under": "以上以{conditions}为前提",
        "beyond": "第 {month} 个月所需节点数在 {most} 个以内不能确定：请扩大范围",
        "interval": "（95% 置信区间 {low} 至 {high} 个）",
        "reaches": "（95% 置信区间 {low} 个以上；{most} 个以内不能确定：请扩大范围）",
        "stop": "；",
        "end": "。",
    },
}


def outlook(
    question: Question,
    months: int,
    failures: Mapping[tuple[str, str], int | None],
    purchases: Sequence[Purchase],
    language: str,
) -> str:
    """Return in one or a few clauses what fails when, and what to buy; see `Outlook` for what these are."""
    words = TEXTS[language]
    parts = [
        words["fails"].format(
            platform=platform_name(question.scenario, platform, language), what=target_name(what, language), month=month
        )
        for (platform, what), month in failures.items()
        if month is not None
    ]
    parts += [_bought(one, words) for one in purchases]
    parts = parts or [words["holds"].format(months=months)]
    if conditions := question.conditions(language):
        parts.append(words["under"].format(conditions=conditions))
    return words["stop"].join(parts) + words["end"]


def _bought(one: Purchase, words: Mapping[str, str]) -> str:
    if one.after is None:
        return words["beyond"].format(month=one.until, most=one.beyond)
    numbers = {"count": one.after - one.before, "order": one.order, "month": one.month, "after": one.after}
    text = words["buy" if one.order >= 0 else "late"].format(**numbers, until=one.until, late=-one.order)
    if one.decided:
        return text
    key = "interval" if one.high is not None else "reaches"
    return text + words[key].format(low=one.low, high=one.high, most=one.beyond)
