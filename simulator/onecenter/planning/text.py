"""A plan's answer, and an outlook, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from onecenter.experiments.assessment import Assessment
from onecenter.planning.candidates import Values
from onecenter.planning.found import Found
from onecenter.planning.purchase import Purchase
from onecenter.planning.question import Question
from onecenter.results.targets import Target
from onecenter.words import Words

#: A target that is met says so where more than this share of its four-week periods miss it.
WORTH_SAYING: Final = 0.05


def answer(found: Found, words: Words) -> str:
    """Return a plan's answer in one or a few sentences."""
    parts = (_evidence(found, words), _bought(found, words), _around(found, words))
    sentences = [_first(found, words), *(sentence for part in parts for sentence in part)]
    start = words("plan.interrupted") if found.interrupted else ""
    return start + words("plan.stop").join(sentences) + words("plan.end")


def _only(found: Found) -> bool:
    """Whether one fleet alone was asked about."""
    return len(found.fleets.allowed) == 1


def _first(found: Found, words: Words) -> str:
    """Return the fleet, and how sure it is."""
    allowed = found.fleets.allowed
    last = counts(found, allowed[-1], words)
    if _only(found):
        key = "open" if len(found.likely) > 1 else "enough" if found.chosen else "not_enough"
        return words(f"plan.{key}", fleet=_fleet(found, allowed[-1], words))
    if found.chosen is None:
        return words("plan.beyond", last=last)
    fleet = _fleet(found, found.chosen, words)
    if found.decided:
        return words("plan.sure", fleet=fleet)
    if len(found.chosen) > 1:
        return words("plan.rivals", fleet=fleet, fleets=", ".join(counts(found, one, words) for one in found.inside))
    low, high = (counts(found, values, words) for values in (found.inside[0], found.inside[-1]))
    return words("plan.reaches" if None in found.likely else "plan.likely", fleet=fleet, low=low, high=high, last=last)


def _fleet(found: Found, chosen: Values, words: Words) -> str:
    """Return a fleet; with the nodes in all where it is only one of several types."""
    types, varied = found.question.scenario.center.nodes, found.candidates.kinds
    key = "part" if len(chosen) == 1 and len(types) > 1 else "fleet"
    total = sum(chosen) + sum(kind.count for name, kind in types.items() if name not in varied)
    return words(f"plan.{key}", counts=counts(found, chosen, words), name=varied[0], total=total)


def counts(found: Found, values: Values, words: Words) -> str:
    """Return the counts of a fleet, with their node types where there are several."""
    if len(values) == 1:
        return str(values[0])
    named = found.candidates.named(values).items()
    return words("plan.and").join(words("plan.each", count=count, name=name) for name, count in named)


def _evidence(found: Found, words: Words) -> Iterator[str]:
    """Give the hardest target under the answer, and how often a four-week period misses it."""
    if found.chosen is None and not _only(found):
        return
    hardest = found.hardest
    sentence = _target(found, hardest, words)
    if hardest.pressure <= 1 and hardest.miss_share > WORTH_SAYING:
        sentence += words("plan.comma") + words("plan.own", share=words.percent(hardest.miss_share))
    yield sentence
    if found.chosen is not None and len(found.chosen) == 1:
        smaller = found.candidates.tried.get((found.chosen[0] - 1,))
        if smaller is not None:
            share = words.percent(max(one.miss_share for one in smaller.assessments))
            yield words("plan.below", counts=found.chosen[0] - 1, share=share)


def _target(found: Found, one: Assessment, words: Words) -> str:
    write = one.target.writer(words)
    known = {"value": one.value, "low": one.low, "high": one.high}
    texts = {key: words("plan.not_reached") if value is None else write(value) for key, value in known.items()}
    platform = found.question.platform(one.platform, words)
    limit = one.target.limit_said(words)
    return words("plan.target", platform=platform, what=one.target.said(words), limit=limit, **texts)


def _bought(found: Found, words: Words) -> Iterator[str]:
    """Give what to buy, for how much, by when, and under what the answer holds."""
    bought, conditions, parts = found.buy, found.question.conditions(words), []
    if bought is not None and not _only(found):
        more = {kind: count for kind, count in bought.counts.items() if count > 0}
        named = [words("plan.some", count=n, name=kind) for kind, n in more.items()]
        fewer = -sum(bought.counts.values())
        if more:
            parts.append(words("plan.buy", counts=words("plan.and").join(named)))
        else:
            parts.append(words("plan.nothing") + (words("plan.comma") + words("plan.spare", count=fewer)) * bool(fewer))
        if more and bought.cost is not None:
            currency = found.question.scenario.center.site.currency
            parts.append(words("plan.cost", cost=words.rounded_money(bought.cost, currency)))
        if more and bought.order_by is not None:
            parts.append(words("plan.order", month=bought.order_by))
    if parts and conditions:
        yield "".join(parts) + words("plan.comma") + conditions
    elif parts or conditions:
        yield "".join(parts) or words("plan.under", conditions=conditions)


def _around(found: Found, words: Words) -> Iterator[str]:
    """Give what a smaller fleet cannot hold, which limits bind, and how long the windows are."""
    for path, nodes in found.fleets.too_small.items():
        yield words("plan.hold", nodes=nodes, path=path)
    if found.binding_limits:
        named = words("plan.comma").join(words(f"plan.{name}") for name in found.binding_limits)
        yield words("plan.limits", limits=named)
    own, used = found.question.scenario.time.horizon, found.candidates.scenario.time.horizon
    if used > own:
        yield words("plan.window", window=words.duration(used), own=words.duration(own))


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
    parts += [_purchase(one, words) for one in purchases]
    parts = parts or [words("outlook.holds", months=months)]
    if conditions := question.conditions(words):
        parts.append(words("outlook.under", conditions=conditions))
    return words("outlook.stop").join(parts) + words("outlook.end")


def _purchase(one: Purchase, words: Words) -> str:
    if one.after is None:
        return words("outlook.beyond", month=one.until, most=one.beyond)
    numbers = {"count": one.after - one.before, "order": one.order, "month": one.month, "after": one.after}
    text = words("outlook.buy" if one.order >= 0 else "outlook.late", **numbers, until=one.until, late=-one.order)
    if one.decided:
        return text
    key = "outlook.interval" if one.high is not None else "outlook.reaches"
    return text + words(key, low=one.low, high=one.high, most=one.beyond)
