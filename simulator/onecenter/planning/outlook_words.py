"""An outlook in words, English and Chinese."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from onecenter.planning.years import Outlook

TEXTS: Final = {
    "en": {
        "holds": "Today's fleet meets every target for {months} months",
        "fails": "{platform} {what} first fails in month {month}",
        "buy": "order {count} nodes in month {order} for month {month}: {after} in all, enough to month {until}",
        "late": "{count} nodes are needed in month {month}, and their order is {late} months late: {after} in all",
        "stop": "; ",
        "end": ".",
    },
    "zh": {
        "holds": "现有规模可在 {months} 个月内满足全部目标",
        "fails": "{platform} {what} 于第 {month} 个月首次不达标",
        "buy": "第 {order} 个月订购 {count} 个节点，第 {month} 个月投入使用，共 {after} 个，可满足至第 {until} 个月",
        "late": "第 {month} 个月需要新增 {count} 个节点，订购已晚 {late} 个月；共 {after} 个",
        "stop": "；",
        "end": "。",
    },
}


def outlook(found: "Outlook", language: str) -> str:
    """Return in one or a few clauses what fails when, and what to buy."""
    words = TEXTS[language]
    if found.first is None:
        return words["holds"].format(months=found.months) + words["end"]
    parts = []
    for (platform, what), month in found.failures.items():
        if month is not None:
            label = found.scenario.platforms[platform].label
            name = label.zh if label and language == "zh" and label.zh else platform
            parts.append(words["fails"].format(platform=name, what=what, month=month))
    for one in found.purchases:
        numbers = {"count": one.after - one.before, "order": one.order, "month": one.month, "after": one.after}
        key = "buy" if one.order >= 0 else "late"
        parts.append(words[key].format(**numbers, until=one.until, late=-one.order))
    return words["stop"].join(parts) + words["end"]
