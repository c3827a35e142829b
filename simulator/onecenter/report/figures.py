"""The tables of the report: targets, waits, use, fleets."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from onecenter import units
from onecenter.fleet import NodeType, accelerators_of
from onecenter.report.blocks import Cell, Table, number
from onecenter.report.numbers import Numbers
from onecenter.report.planned import Fleet, PlanFile, PlannedTarget
from onecenter.report.subject import Subject, what
from onecenter.report.words import TEXTS, Words
from onecenter.results.targets import Target

MARKS = {"met": "✓", "missed": "✗", "undecided": "?"}

#: Keys of words that are not the reason itself.
REASONS = {"node type": "node type reason"}


class Figures:
    """Makes tables in one language."""

    def __init__(self, words: Words, numbers: Numbers) -> None:
        self._words = words
        self._numbers = numbers

    def _columns(self, *keys: str) -> list[str]:
        return [self._words(key) for key in keys]

    def verdict(self, verdict: str) -> Cell:
        """Return a verdict with its mark, so that colour is not needed to read it."""
        return Cell(f"{MARKS[verdict]} {self._words(verdict)}", verdict)

    def targets(self, subject: Subject) -> Table:
        """Return a row a target: what was asked, what was measured."""
        labels = subject.labels(self._words.language)
        rows = []
        for name, target, one in subject.judged():
            bounds = [self._numbers.measured(target, one[f"measured_{end}"]) for end in ("low", "high")]
            measured = self._words.between(*bounds) if one["jobs"] else self._words("nobody")
            rows.append(
                [
                    Cell(labels[name]),
                    self.verdict(one["verdict"]),
                    Cell(what(target, self._words, self._numbers)),
                    number(self._words("at most", limit=self._numbers.limit(target))),
                    number(measured),
                    number(self._numbers.percent(one["within"])),
                ]
            )
        columns = self._columns("platform", "verdict", "figure", "target", "measured", "in time")
        return Table(self._words("targets caption"), columns, rows)

    def jobs(self, subject: Subject) -> Table:
        """Return one row per platform: what became of its jobs; all but the first column add up to it."""
        labels = subject.labels(self._words.language)
        parts = [(labels[name], subject.summary["platforms"][name]) for name in labels]
        parts.append((self._words("all platforms"), subject.summary["center"]))
        shown = ("submitted", "in_time", "late", "refused", "cancelled_waiting", "open")
        rows = [[Cell(label), *(number(self._numbers.count(part[name])) for name in shown)] for label, part in parts]
        columns = ("platform", "jobs", "started in time", "late", "refused", "cancelled waiting", "open")
        return Table(self._words("jobs caption"), self._columns(*columns), rows)

    def waits(self, subject: Subject) -> Table:
        """Return a row a platform: jobs, waits, use, why it waited."""
        labels, reasons = subject.labels(self._words.language), self._reasons(subject)
        parts = [(labels[name], subject.summary["platforms"][name], reasons.get(name, "")) for name in labels]
        parts.append((self._words("all platforms"), subject.summary["center"], ""))
        rows = [self._waits_row(*part) for part in parts]
        percentiles = [self._numbers.percentile(p) for p in (50, 95, 99)]
        names = dict(zip(("p50", "p95"), percentiles, strict=False))
        columns = [*self._columns("platform", "jobs"), *percentiles]
        columns += self._columns("mean", "share of use", "hours", "reason")
        return Table(self._words("waits caption", **names), columns, rows)

    def _waits_row(self, label: str, part: Mapping[str, Any], reason: str) -> list[Cell]:
        waits = [self.wait(part, key) for key in ("p50", "p95", "p99", "mean")]
        return [
            Cell(label),
            number(self._numbers.count(part["submitted"])),
            *map(number, waits),
            number(self._numbers.percent(part["utilisation"])),
            number(self._numbers.count(round(part["accelerator_hours"]))),
            Cell(reason),
        ]

    def wait(self, part: Mapping[str, Any], key: str) -> str:
        """Return a figure of a platform's waits, such as p95, by its bounds."""
        if not part["submitted"]:
            return units.NOTHING
        bounds = [part["wait_s"][f"{key}_{end}"] for end in ("low", "high")]
        return self._words.between(*(None if bound is None else self._numbers.seconds(bound) for bound in bounds))

    def _reasons(self, subject: Subject) -> dict[str, str]:
        """Return by platform the greatest reason of its waiting, and its share."""
        found = {}
        for (name,), group in subject.result.reasons.group_by("platform"):
            top = group.sort("share", descending=True).row(0, named=True)
            if top["share"]:
                key = REASONS.get(top["reason"], top["reason"])
                found[str(name)] = f"{self._words(key)} {self._numbers.percent(top['share'])}" if key in TEXTS else ""
        return found

    def center(self, fleet: tuple[NodeType, ...]) -> Table:
        """Return one row per node type."""
        rows = [
            [
                Cell(kind.name),
                Cell(kind.model or units.NOTHING),
                number(self._numbers.count(kind.count)),
                number(self._numbers.count(kind.accelerators)),
                number(self._numbers.count(kind.count * kind.accelerators)),
                number(self._pflops(kind.count * kind.accelerators * kind.tflops)),
            ]
            for kind in fleet
        ]
        total = sum(kind.count * kind.accelerators * kind.tflops for kind in fleet)
        nodes = sum(kind.count for kind in fleet)
        sums = [self._numbers.count(nodes), "", self._numbers.count(accelerators_of(fleet)), self._pflops(total)]
        rows.append([Cell(self._words("total")), Cell(""), *map(number, sums)])
        columns = self._columns("node type", "model", "nodes", "per node", "accelerators", "pflops")
        return Table(self._words("center caption"), columns, rows)

    def _pflops(self, tflops: float) -> str:
        return self._numbers.count(tflops / 1_000) if tflops else units.NOTHING

    def side_by_side(self, subjects: Sequence[Subject], names: Sequence[str]) -> Table:
        """Return a row a result: its size, its use, and each platform's p95 with the verdict."""
        language = self._words.language
        platforms = list(dict.fromkeys(name for subject in subjects for name in subject.platforms))
        labels = {name: text for subject in reversed(subjects) for name, text in subject.labels(language).items()}
        rows = [self._side(subject, name, platforms) for subject, name in zip(subjects, names, strict=True)]
        columns = self._columns("result", "policy", "nodes", "accelerators", "refused", "share of use", "targets met")
        return Table(self._words("sides caption"), [*columns, *(labels[name] for name in platforms)], rows)

    def _side(self, subject: Subject, name: str, platforms: Sequence[str]) -> list[Cell]:
        center, parts = subject.summary["center"], subject.summary["platforms"]
        verdicts = [one["verdict"] for one in center["targets"]]
        met = self._words("of", part=verdicts.count("met"), whole=len(verdicts)) if verdicts else units.NOTHING
        cells = [Cell(self._words.policy(subject.result.policy))]
        cells += map(number, map(self._numbers.count, (subject.nodes, subject.capacity, center["refused"])))
        cells += [number(self._numbers.percent(center["utilisation"])), number(met)]
        return [Cell(name), *cells, *(self._p95(parts.get(platform)) for platform in platforms)]

    def _p95(self, part: Mapping[str, Any] | None) -> Cell:
        if part is None or not part["submitted"]:
            return number(units.NOTHING)
        text = self.wait(part, "p95")
        verdicts = [one["verdict"] for one in part["targets"]]
        worst = next((each for each in ("missed", "undecided", "met") if each in verdicts), "")
        return Cell(f"{text} {MARKS[worst]}" if worst else text, f"number {worst}".strip())

    def fleet(self, fleet: Fleet, labels: Mapping[str, str], known: Mapping[tuple[str, str], Target]) -> Table:
        """Return a row a target of the answer's fleet: its percentile with the interval."""
        rows = [self._planned_target(one, labels, known) for one in fleet.targets]
        columns = self._columns("platform", "verdict", "figure", "target", "value", "interval", "periods missed")
        return Table(self._words("meets caption"), columns, rows)

    def _planned_target(
        self, one: PlannedTarget, labels: Mapping[str, str], known: Mapping[tuple[str, str], Target]
    ) -> list[Cell]:
        target = known.get((one.platform, one.what))
        waits = one.what.startswith("wait")

        def shown(value: float | None) -> str:
            if value is None:
                return self._words("beyond")
            return self._numbers.seconds(value) if waits else self._numbers.factor(value)

        limit = self._numbers.exact(round(1_000 * one.limit)) if waits else shown(one.limit)
        return [
            Cell(labels.get(one.platform, one.platform)),
            self.verdict(one.verdict),
            Cell(what(target, self._words, self._numbers) if target else one.what),
            number(self._words("at most", limit=limit)),
            number(shown(one.value)),
            number(f"{shown(one.low)} – {shown(one.high)}"),
            number(self._numbers.percent(one.miss_share)),
        ]

    def tried(self, plan: PlanFile, values: Callable[[Mapping[str, int]], str], currency: str) -> Table:
        """Return a row a fleet that was tried, by rising nodes."""
        fleets = sorted(plan.tried, key=lambda fleet: (fleet.nodes, sorted(fleet.values.items())))
        rows = [[Cell(values(fleet.values)), number(self._numbers.count(fleet.nodes))] for fleet in fleets]
        columns = ["fleet", "nodes"]
        if any(fleet.replications is not None for fleet in fleets):
            columns.append("replications")
            for row, fleet in zip(rows, fleets, strict=True):
                row.append(number(self._numbers.count(fleet.replications)))
        if any(fleet.cost is not None for fleet in fleets):
            columns.append("yearly cost")
            for row, fleet in zip(rows, fleets, strict=True):
                row.append(number(units.NOTHING if fleet.cost is None else self._numbers.money(fleet.cost, currency)))
        for row, fleet in zip(rows, fleets, strict=True):
            row.append(self.verdict(fleet.verdict))
        return Table(self._words("tried caption"), self._columns(*columns, "verdict"), rows)
