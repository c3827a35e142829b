"""The answer in a sentence or a few: are the targets met, which is not, by how much."""

from collections.abc import Mapping
from typing import Any

from onecenter.planning.file import PlanFile
from onecenter.report.blocks import Paragraph
from onecenter.report.subject import Subject
from onecenter.results.targets import Target, worst
from onecenter.words import Words

Judged = tuple[str, Target, Mapping[str, Any]]


class Answers:
    """Writes answers in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def of_plan(self, plan: PlanFile) -> Paragraph:
        """Return a plan's answer: its own words, or its numbers."""
        text = plan.text.get(self._words.language, "").strip()
        if not text and plan.answer:
            text = self._words("answer is", values=self.values(plan.node_types(plan.answer)))
        look = "met" if plan.answer and not plan.undecided else "undecided"
        return Paragraph(text or self._words("no answer"), look)

    def values(self, values: Mapping[str, int]) -> str:
        """Return the counts of a fleet by node type."""
        counts = values.items()
        return self._words.join([self._words("fleet of", name=n, count=self._words.count(c)) for n, c in counts])

    def of_run(self, subject: Subject) -> Paragraph:
        """Return what a run says about its targets."""
        by: dict[str, list[Judged]] = {"met": [], "missed": [], "undecided": []}
        for one in subject.result.judged():
            by[one[2]["verdict"]].append(one)
        count = sum(map(len, by.values()))
        if count == 0:
            return Paragraph(self._words("no targets"))
        labels = subject.result.labels_in(self._words.language)
        sentences = self._missed(by["missed"], count, labels)
        if len(by["met"]) == count:
            sentences.append(self._words("the target is met" if count == 1 else "all are met", count=count))
            sentences += self._tightest(by["met"], labels)
        elif by["met"]:
            sentences.append(self._words("are met", met=len(by["met"]), count=count))
        if by["undecided"]:
            listed = self._words("join").join(self._undecided(one, labels) for one in by["undecided"])
            sentences.append(self._words("are undecided", list=listed))
        few = [self._named("few item", one, labels) for ones in by.values() for one in ones if one[2]["few"]]
        if few:
            sentences.append(self._words("few jobs", list=self._words("join").join(few)))
        center = subject.summary["center"]
        if center["queue_grows"]:
            sentences.append(self._words("queue grows", waiting=self._words.count(center["waiting_at_horizon"])))
        return Paragraph(self._words("between").join(sentences), worst(key for key, ones in by.items() if ones) or "")

    def _missed(self, missed: list[Judged], count: int, labels: Mapping[str, str]) -> list[str]:
        if not missed:
            return []
        key = "the target is missed" if count == 1 else "one is missed" if len(missed) == 1 else "some are missed"
        listed = self._words("join").join(self._by_how_much(one, labels) for one in missed)
        return [self._words(key, missed=len(missed), count=count, list=listed)]

    def _by_how_much(self, judged: Judged, labels: Mapping[str, str]) -> str:
        name, target, one = judged
        texts = {"platform": labels[name], "what": target.said(self._words), "limit": target.limit_said(self._words)}
        if one["refused"]:
            texts |= {name: self._words.count(one[key]) for name, key in (("count", "refused"), ("jobs", "jobs"))}
            return self._words("never fit", **texts)
        if one["measured"] is None:
            return self._words("missed unknown", within=self._words.percent(one["within"]), **texts)
        texts["measured"] = target.writer(self._words)(one["measured"])
        if target.kind == "expansion" or not one["target"]:
            return self._words("missed factor", **texts)
        return self._words("missed by", factor=self._words.factor(one["measured"] / one["target"]), **texts)

    def _undecided(self, judged: Judged, labels: Mapping[str, str]) -> str:
        name, _, one = judged
        reason = self._words("still waiting" if one["jobs"] else "nobody")
        return self._words("undecided item", platform=labels[name], reason=reason)

    def _named(self, key: str, judged: Judged, labels: Mapping[str, str]) -> str:
        name, target, _ = judged
        return self._words(key, platform=labels[name], what=target.said(self._words))

    def _tightest(self, met: list[Judged], labels: Mapping[str, str]) -> list[str]:
        name, target, one = max(met, key=_filled)
        if _filled((name, target, one)) <= 0:
            return []
        texts = {"measured": target.writer(self._words)(one["measured"]), "limit": target.limit_said(self._words)}
        described = target.said(self._words)
        return [self._words("tightest", platform=labels[name], what=described, **texts)]


def _filled(judged: Judged) -> float:
    """Return how much of its limit a target has used up."""
    one = judged[2]
    return float(one["measured"] / one["target"]) if one["measured"] and one["target"] else 0.0
