"""The sections of the report about one result, and about a plan."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from functools import partial
from typing import Any, Final

from onecenter import units
from onecenter.experiments.views import assessments, tried
from onecenter.fleet import NodeType
from onecenter.planning.file import PlanFile
from onecenter.policies import WALLTIME, Code, Linear, Multifactor, Policy
from onecenter.report.answer import Answers
from onecenter.report.blocks import Block, Bullets, Facts, Paragraph, Section
from onecenter.report.charts import Charts, zone_of
from onecenter.report.money import money
from onecenter.report.subject import Subject
from onecenter.results import sharing_views, views
from onecenter.results.targets import FEWEST_EXCEEDANCES, PLACES
from onecenter.scenario import Scenario
from onecenter.traces import Quality
from onecenter.units import MS
from onecenter.visible import visible
from onecenter.words import GLUE, Words

#: Columns of the tables of waits, and of what became of the jobs.
WAITS: Final = ("platform", "submitted", *views.PERCENTILES, "mean", "use", "hours", "reason")
JOBS: Final = ("platform", "submitted", *PLACES)


class Writer:
    """Writes sections in one language; identifiers begin with a prefix."""

    def __init__(self, language: str, prefix: str) -> None:
        self.words = Words(language, GLUE)
        self.answers = Answers(self.words)
        self._charts = Charts(self.words, prefix)
        self._prefix = prefix

    def _section(self, key: str, *blocks: Block) -> Section:
        return Section(f"{self._prefix}-{key.replace(' ', '-')}", self.words(key), blocks)

    def of_plan(self, plan: PlanFile, *, alone: bool) -> Iterator[Section]:
        """Give the sections about a plan; alone, with what a result would say about the scenario."""
        yield self._frontier(plan)
        if alone:
            if plan.bought:
                yield self._section("answer fleet", self._center(plan.bought))
            yield self._section("policy", self._policy(plan.rules))
            yield from self._assumptions(plan.planned)
        yield self._section("plan origin", self._origin_of_plan(plan))

    def _center(self, fleet: tuple[NodeType, ...]) -> Block:
        return views.center(self.words, fleet, self.words("center caption"))

    def _frontier(self, plan: PlanFile) -> Section:
        words, currency = self.words, plan.planned.center.site.currency
        labels = plan.planned.labels_in(words.language)
        values = self.answers.values(plan.node_types(plan.answer)) or words("no answer")
        blocks: list[Block] = [self._charts.frontier(plan, labels, values)]
        if plan.fleet:
            judged = plan.assessments(plan.fleet)
            columns = ("platform", "verdict", "what", "limit", "value", "miss_share")
            blocks.append(assessments(words, judged, columns, labels, words("meets caption")))
        if plan.check and plan.check.p95_s is not None:
            what = words("wait percentile", percentile=words.percentile(95))
            blocks.append(Paragraph(words("approximation", what=what, wait=words.seconds(plan.check.p95_s))))
        fleets = sorted(plan.tried, key=lambda fleet: (fleet.nodes, sorted(fleet.values.items())))
        named = [self.answers.values(plan.node_types(fleet.values)) for fleet in fleets]
        plain = [fleet.model_dump() for fleet in fleets]
        table = tried(words, plain, named, currency, caption=words("tried caption"))
        return self._section("frontier", *blocks, table)

    def of_run(self, subject: Subject) -> Iterator[Section]:
        """Give the sections about a result."""
        words, labels = self.words, subject.result.labels_in(self.words.language)
        judged = list(subject.result.judged())
        if judged:
            yield self._section("targets", views.judgements(words, judged, labels, words("targets caption")))
        percentiles = {key: words.percentile(float(key[1:])) for key in views.PERCENTILES}
        platforms = partial(views.platforms, words, subject.summary, labels=labels, center=words("all platforms"))
        caption = words("waits caption", **percentiles)
        waits = platforms(columns=WAITS, reasons=subject.result.reasons, caption=caption)
        jobs = platforms(columns=JOBS, caption=words("jobs caption"))
        yield self._section("waits", self._charts.waits(subject), waits, jobs)
        yield self._section("use", self._charts.use(subject))
        yield from self._sharing(subject)
        found = money(subject, self.words)
        if found:
            yield self._section("money", *found)
        yield self._section("center", self._center(subject.result.fleet))
        if subject.replay is not None:
            bullets = Bullets([(text, "") for text in _findings(subject.replay, words)])
            yield self._section("log rows", bullets, Facts([(words("log hash"), subject.replay["trace"]["sha256"])]))
        yield self._section("policy", self._policy(subject.result.policy))
        yield self._section("method", *self._method(subject))
        if subject.scenario:
            yield from self._assumptions(subject.scenario)
        yield self._section("origin", self._origin(subject), Paragraph(self.words("repeat")))

    def _sharing(self, subject: Subject) -> Iterator[Section]:
        """Give the section about sharing and preemption, where there is either."""
        words, found = self.words, subject.result.sharing
        labels, center = subject.result.labels_in(words.language), words("all platforms")
        tables = sharing_views.tables(words, found, labels=labels, center=center)
        if tables:
            drawn = [] if subject.result.usage.is_empty() else [self._charts.shares(subject)]
            yield self._section("sharing", *drawn, *tables, Paragraph(words("sharing text")))

    def _assumptions(self, scenario: Scenario) -> Iterator[Section]:
        if scenario.notes:
            yield self._section("notes", Bullets([self._note(note) for note in self._notes(scenario)]))

    def _notes(self, scenario: Scenario) -> tuple[str, ...]:
        """Return the notes in the page's language; a variant that changed only the others keeps its own words."""
        chinese = self.words.language == "zh" and len(scenario.notes_zh) == len(scenario.notes)
        return scenario.notes_zh if chinese else scenario.notes

    def _note(self, note: str) -> tuple[str, str]:
        """Return a note and its language where that is not the page's: notes are the scenario's own words."""
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in note)
        language = "zh" if chinese else "en"
        return note, "" if language == self.words.language else language

    def side_by_side(self, subjects: Sequence[Subject], names: Sequence[str]) -> Block:
        """Return one row per result: its size, its use, and each platform's p95 with the verdict."""
        words = self.words
        every = reversed([subject.result.labels_in(words.language) for subject in subjects])
        labels = {name: text for found in every for name, text in found.items()}
        order = dict.fromkeys(name for subject in subjects for name in subject.result.workload.platforms)
        results = [(self._named(subject, name), subject.summary) for subject, name in zip(subjects, names, strict=True)]
        columns = ("result", "policy", "nodes", "accelerators", "refused", "use", "targets_met")
        return views.sides(words, results, columns, {name: labels[name] for name in order}, words("sides caption"))

    def _named(self, subject: Subject, name: str) -> dict[str, str]:
        sizes = {"nodes": self.words.count(subject.nodes), "accelerators": self.words.count(subject.capacity)}
        return {"result": name, "policy": self.policy(subject.result.policy), **sizes}

    def policy(self, policy: Policy) -> str:
        """Return the parts of a policy, without their parameters."""
        parts = (policy.order_name, policy.backfill, policy.placement_name)
        return self.words("join").join(self.words(part) for part in parts)

    def _policy(self, policy: Policy) -> Facts:
        chosen = {"order": policy.order_name, "backfill": policy.backfill, "placement": policy.placement_name}
        pairs = [(self.words(part), self.words(name)) for part, name in chosen.items()]
        if isinstance(policy.order, Code):
            pairs[0] = (pairs[0][0], f"{pairs[0][1]}: {visible(str(policy.order))}")
        if policy.column is not None:
            pairs[0] = (pairs[0][0], f"{pairs[0][1]}: {visible(policy.column)}")
        if isinstance(policy.placement, Code):
            pairs[2] = (pairs[2][0], f"{pairs[2][1]}: {visible(str(policy.placement))}")
        if isinstance(policy.order, Linear | Multifactor):
            weights = [f"{self.words.count(weight)} {name}" for name, weight in policy.order.weights.items()]
            pairs.append((self.words("weights"), self.words("join").join(weights)))
        if isinstance(policy.order, Multifactor) and policy.order.fairshare:
            pairs.append((self.words("fair share"), self._fair_share(policy.order)))
        if policy.order == "priority" and policy.age_rate:
            rate = self.words.count(policy.age_rate / 1e6)
            text = self.words("ageing text", rate=rate, most=self.words.exact(policy.max_age))
            pairs.append((self.words("ageing"), text))
        if policy.estimate != WALLTIME:
            own = policy.estimates
            told = f"{self.words('own estimate')}: {visible(str(own))}" if own else self.words(str(policy.estimate))
            pairs.append((self.words("estimate"), told))
        if policy.backfill_order is not None:
            name = policy.backfill_order_name or ""
            told = "" if policy.backfill_order == name else f": {visible(str(policy.backfill_order))}"
            pairs.append((self.words("backfill order"), self.words(name) + told))
        if policy.reservations > 1:
            pairs.append((self.words("reservations"), self.words.count(policy.reservations)))
        if policy.depth or policy.backfill_depth:
            shown = {"depth": self._most(policy.depth), "behind": self._most(policy.backfill_depth)}
            pairs.append((self.words("depth"), self.words("depth text", **shown)))
        return Facts(pairs)

    def _fair_share(self, order: Multifactor) -> str:
        decay = "half-life" if order.half_life else "no decay"
        shares = [f"{visible(name)} {self.words.count(share)}" for name, share in dict(order.shares).items()]
        parts = [self.words(order.fair_share), self.words(decay, time=self.words.exact(order.half_life)), *shares]
        return self.words("join").join(parts)

    def _most(self, depth: int) -> str:
        return self.words.count(depth) if depth else self.words("all of them")

    def _method(self, subject: Subject) -> Iterator[Paragraph]:
        words, window = self.words, subject.result.window
        length = self.words.exact(window.length)
        warmup = window.warmup
        if subject.scenario is None:
            first = self.words.duration(window.warmup - window.origin)
            parts = [words("bare window", length=self.words.duration(window.length), first=first)]
        else:
            origin = subject.scenario.time.origin
            ends = [_later(origin, ms) for ms in (window.warmup, window.horizon)]
            first, last = map(self.words.instant, ends)
            parts = [words("window", length=length, first=first, last=last, zone=zone_of(subject))]
            parts.append(words("warm-up", length=words.exact(warmup)) if warmup else words("no warm-up"))
        still = subject.summary["center"]["open"]
        yield Paragraph(words("between").join(parts))
        yield Paragraph(words("open jobs", count=self.words.count(still)) if still else words("all jobs"))
        what = words("wait percentile", percentile=self.words.percentile(95))
        yield Paragraph(words("verdicts", what=what, fewest=FEWEST_EXCEEDANCES))
        yield Paragraph(words("one run"))

    def _origin_of_plan(self, plan: PlanFile) -> Facts:
        """Return what repeats the plan."""
        given = [("overrides", plan.set), ("limits", list(self._limits(plan)))]
        window = [] if plan.window_d is None else [self.words.duration(plan.window_d * MS["d"])]
        given.append(("window of replications", window))
        return Facts(
            [
                (self.words("scenario"), plan.scenario),
                *((self.words(key), self.words("comma").join(values)) for key, values in given if values),
                (self.words("demand"), self.words("times", factor=units.plain(plan.demand))),
                (self.words("seed"), units.NOTHING if plan.seed is None else str(plan.seed)),
                (self.words("hash"), plan.scenario_hash),
                (self.words("kernels"), _or_dash(plan.kernel_hash)),
                (self.words("versions"), _versions(plan.versions)),
            ]
        )

    def _limits(self, plan: PlanFile) -> Iterator[str]:
        limits, currency = plan.limits, plan.planned.center.site.currency
        if limits.budget is not None:
            yield self.words("budget limit", amount=self.words.money(limits.budget, currency))
        if limits.power_cap is not None:
            yield self.words("power limit", power=self.words.power(limits.power_cap))
        if limits.racks is not None:
            yield self.words("racks limit", count=self.words.count(limits.racks))

    def _origin(self, subject: Subject) -> Facts:
        origin = subject.result.provenance
        seed = origin.get("seed")
        pairs = [
            (self.words("log" if subject.scenario is None else "scenario"), str(origin.get("name"))),
            (self.words("file"), subject.name),
            *((self.words("overrides"), str(change)) for change in origin.get("set") or ()),
            (self.words("seed"), units.NOTHING if seed is None else str(seed)),
            (self.words("hash"), _or_dash(origin.get("scenario_hash"))),
            (self.words("digest"), subject.result.log_digest),
            (self.words("kernels"), _or_dash(origin.get("kernel_hash"))),
            (self.words("versions"), _versions(origin.get("versions"))),
        ]
        return Facts(pairs)


def _later(origin: Any, ms: int) -> Any:
    """Return an instant by the clocks of the origin's zone, which may be put forward or back."""
    return (origin.astimezone(UTC) + timedelta(milliseconds=ms)).astimezone(origin.tzinfo)


def _or_dash(value: Any) -> str:
    return units.NOTHING if value is None else str(value)


def _versions(versions: Any) -> str:
    if not isinstance(versions, Mapping):
        return units.NOTHING
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version is not None)


def _findings(replay: Mapping[str, Any], words: Words) -> Iterator[str]:
    """Give what was used of a log, and what was not."""
    quality = Quality.of(replay["quality"])
    yield words("jobs used", jobs=words.count(quality.jobs), rows=words.count(quality.rows))
    parts = {
        "rows refused": quality.refused,
        "rows left out": quality.left_out,
        "rows repaired": quality.repaired,
        "rows ignored": quality.ignored,
    }
    for key, counts in parts.items():
        for reason, count in counts.items():
            yield words(key, count=words.count(count), reason=words.known(reason))
    if "by" in replay["center"]:
        yield words("pool of the header", count=words.count(replay["center"]["processors"]))
