"""An outlook in words."""

from collections.abc import Mapping, Sequence

from onecenter.planning.purchase import Purchase
from onecenter.planning.question import Question
from onecenter.results.targets import Target
from onecenter.words import Words


def outlook(
    question: Question,
    months: int,
    failures: Mapping[tuple[str, Target], int | None],
    purchases: Sequence[Purchase],
    words: Words,
) -> str:
    """Return in one or a few clauses what fails when, and what to buy; see `Outlook` for what these are."""
    parts = [
        words("outlook.fails", platform=question.platform(name, words), what=target.said(words), month=month)
        for (name, target), month in failures.items()
        if month is not None
    ]
    parts += [_bought(one, words) for one in purchases]
    parts = parts or [words("outlook.holds", months=months)]
    if conditions := question.conditions(words):
        parts.append(words("outlook.under", conditions=conditions))
    return words("outlook.stop").join(parts) + words("outlook.end")


def _bought(one: Purchase, words: Words) -> str:
    if one.after is None:
        return words("outlook.beyond", month=one.until, most=one.beyond)
    numbers = {"count": one.after - one.before, "order": one.order, "month": one.month, "after": one.after}
    text = words("outlook.buy" if one.order >= 0 else "outlook.late", **numbers, until=one.until, late=-one.order)
    if one.decided:
        return text
    key = "outlook.interval" if one.high is not None else "outlook.reaches"
    return text + words(key, low=one.low, high=one.high, most=one.beyond)
