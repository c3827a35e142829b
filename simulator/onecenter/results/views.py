"""Tables for people, each made once: the terminal, notebooks and the report print them, with the columns they want."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, Final

import polars as pl

from onecenter import units
from onecenter.fleet import NodeType, accelerators_of
from onecenter.results.seen import Seen
from onecenter.results.sizes import size_classes
from onecenter.results.targets import PLACES, Target, worst
from onecenter.statistics.sample import finite
from onecenter.visible import visible
from onecenter.words import MARKS, Words

#: The row of all platforms together.
CENTER: Final = "center"

#: Columns with numbers of jobs, by the names of figures; what became of those that did not start in time.
COUNTS: Final = ("submitted", "started", "unfinished", *PLACES)
NOT_STARTED: Final = ("refused", "cancelled_waiting", "open")
PERCENTILES: Final = ("p50", "p95", "p99")

#: Keys of texts that are not the reason itself.
REASONS: Final = {name: f"{name} reason" for name in ("node type", "depth", "limit", "quota")}


@dataclass(frozen=True)
class Cell:
    """A cell; `look` says what it is: number, met, missed, undecided, or several of them."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class View:
    """A table whose first column names the rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    kind: ClassVar[str] = "table"

    def is_number(self, place: int) -> bool:
        """Whether a column holds numbers, which are aligned right."""
        return bool(self.rows) and "number" in self.rows[0][place].look

    def html(self) -> str:
        """Return it for a notebook."""
        head = "".join(f"<th>{escape(title)}</th>" for title in self.columns)
        lines = ("".join(f"<td>{escape(visible(cell.text))}</td>" for cell in row) for row in self.rows)
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        caption = f"<caption>{escape(visible(self.caption))}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def number(text: str) -> Cell:
    """Return a cell with a number."""
    return Cell(text, "number")


def verdict(words: Words, found: str) -> Cell:
    """Return a verdict with its mark, so that colour is not needed to read it."""
    return Cell(words.verdict(found), found)


def view(
    words: Words, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], caption: str = "", **titles: str
) -> View:
    """Return the table of these columns; titles that are not given are those of the catalogue."""
    listed = list(rows)
    named = [titles.get(key) or _title(words, key) for key in columns]
    return View(named, [[row[key] for key in columns] for row in listed], caption)


def _title(words: Words, key: str) -> str:
    if key in PERCENTILES:
        return words("column.wait", percentile=words.percentile(float(key[1:])))
    return words(f"column.{key}")


def platforms(
    words: Words,
    summary: Mapping[str, Any],
    columns: Sequence[str],
    *,
    labels: Mapping[str, str] | None = None,
    targets: Mapping[str, Sequence[Target]] | None = None,
    reasons: pl.DataFrame | None = None,
    center: str = CENTER,
    caption: str = "",
) -> View:
    """Return one row per platform and one for the center: jobs and what became of them, waits, use, targets, reasons.

    Columns are of: platform, COUNTS, PERCENTILES, mean, slowdown, use, hours, targets, reason. The last needs
    `reasons`, from `tables.reasons_table`; `center` is what the row of the center is called.
    """
    longest = {} if reasons is None else _longest_reasons(words, reasons)
    rows = []
    for name, part in summary["platforms"].items():
        listed = zip((targets or {}).get(name, ()), part["targets"], strict=False)
        judged = "\n".join(_judged(words, *pair) for pair in listed) or units.NOTHING
        texts = {"platform": (labels or {}).get(name, name), "targets": judged, "reason": longest.get(name, "")}
        rows.append((texts, part))
    rows.append(({"platform": center, "targets": units.NOTHING, "reason": ""}, summary["center"]))
    found = [
        {key: Cell(texts[key]) if key in texts else number(figure(words, part, key)) for key in columns}
        for texts, part in rows
    ]
    return view(words, columns, found, caption)


def figure(words: Words, part: Mapping[str, Any], key: str) -> str:
    """Return a figure of a platform or the center by the name of its column; a dash where there are no jobs."""
    if key in COUNTS:
        return words.count(part[key])
    if key == "use":
        return words.percent(part["utilisation"])
    if key == "hours":
        return words.count(round(part["accelerator_hours"]))
    if not part["submitted"]:
        return units.NOTHING
    if key == "slowdown":
        found = part["bounded_slowdown"]
        return words.between(found["mean_low"], found["mean_high"], "{:.2f}".format)
    return words.between(part["wait_s"][f"{key}_low"], part["wait_s"][f"{key}_high"])


def _judged(words: Words, target: Target, one: Mapping[str, Any]) -> str:
    few = f" ({words('few')})" if one["few"] else ""
    return f"{MARKS[one['verdict']]} {target.said(words)} {words('at most', limit=target.limit_said(words))}{few}"


def _longest_reasons(words: Words, reasons: pl.DataFrame) -> dict[str, str]:
    """Return by platform the greatest reason of its waiting, and its share."""
    found = {}
    for (name,), group in reasons.group_by("platform"):
        top = group.sort("share", descending=True).row(0, named=True)
        if top["share"]:
            found[str(name)] = f"{words(REASONS.get(top['reason'], top['reason']))} {words.percent(top['share'])}"
    return found


def judgements(
    words: Words, judged: Iterable[tuple[str, Target, Mapping[str, Any]]], labels: Mapping[str, str], caption: str = ""
) -> View:
    """Return one row per target of a run, given with its platform and the judgement: what was asked and measured."""
    rows = []
    for name, target, one in judged:
        measured = words.between(one["measured_low"], one["measured_high"], target.writer(words))
        row = asked(words, labels[name], target, one["verdict"])
        row["measured"] = number(measured if one["jobs"] else words("nobody"))
        rows.append(row | {"within": number(words.percent(one["within"]))})
    return view(words, ("platform", "verdict", "what", "limit", "measured", "within"), rows, caption)


def asked(words: Words, platform: str, target: Target, found: str) -> dict[str, Cell]:
    """Return the cells of a target by column: of which platform, with which verdict, what is asked."""
    limit = number(words("at most", limit=target.limit_said(words)))
    return {
        "platform": Cell(platform),
        "verdict": verdict(words, found),
        "what": Cell(target.said(words)),
        "limit": limit,
    }


def sizes(words: Words, jobs: Seen) -> View:
    """Return the waits of jobs by the accelerators of a job."""
    names, which = size_classes(jobs.gang)
    rows = []
    for place, name in enumerate(names):
        mine = jobs.where(which == place)
        found = {"mean": mine.waits.mean()} | {key: mine.waits.percentile(float(key[1:])) for key in PERCENTILES}
        cells = {key: words.between(*finite(each, 1_000)) for key, each in found.items()}
        cells |= {"accelerators": name, "submitted": words.count(len(mine))}
        cells["not_started"] = words.count(len(mine) - int(mine.started.sum()))
        rows.append({key: number(text) for key, text in cells.items()})
    return view(words, ("accelerators", "submitted", "not_started", "mean", *PERCENTILES), rows, "waits by size")


Sides = Sequence[tuple[Mapping[str, str], Mapping[str, Any], Mapping[str, Any]]]


def fairness(words: Words, found: Sides) -> View:
    """Return one row per policy, given with what it is called by column and its figures of `fairness.fairness` and
    `fragmentation.fragmentation`.

    Columns are those of the names, the indices, fair starts where they were sampled, the longest waits by size, and
    fragmentation.
    """
    titles = {f"longest {name}": name for _, part, _ in found for name in part["longest_wait_s"]}
    rows = []
    for named, part, lost in found:
        row = {key: Cell(text) for key, text in named.items()}
        row |= {key: number(_index(part[key])) for key in ("jain_tenants", "jain_platforms")}
        row["later_share"] = number(words.percent(part.get("later_share")))
        row["later_mean"] = number(words.seconds(part.get("later_mean_s")))
        row["fragmentation"] = number(words.percent(lost["share"]))
        longest = part["longest_wait_s"]
        rows.append(row | {key: number(words.seconds(longest.get(name))) for key, name in titles.items()})
    sampled = ("later_share", "later_mean") if any("sampled" in part for _, part, _ in found) else ()
    columns = [*(found[0][0] if found else ()), "jain_tenants", "jain_platforms", *sampled, *titles, "fragmentation"]
    return view(words, columns, rows, words("fairness"), **titles)


def _index(value: float | None) -> str:
    return units.NOTHING if value is None else f"{value:.3f}"


def sides(
    words: Words,
    results: Sequence[tuple[Mapping[str, str], Mapping[str, Any]]],
    columns: Sequence[str],
    labels: Mapping[str, str],
    caption: str = "",
) -> View:
    """Return one row per result: what it is, the center's figures, and each platform's p95 with the worst verdict.

    Each result is what it is called by column (result, policy, nodes, accelerators), and its summary. Columns are those
    wanted before the platforms': of these, and of targets_met and the center's figures.
    """
    rows = []
    for named, summary in results:
        center, parts = summary["center"], summary["platforms"]
        verdicts = [one["verdict"] for one in center["targets"]]
        met = words("of", part=verdicts.count("met"), whole=len(verdicts)) if verdicts else units.NOTHING
        row = {key: Cell(text) if key in ("result", "policy") else number(text) for key, text in named.items()}
        row["targets_met"] = number(met)
        row |= {key: number(figure(words, center, key)) for key in columns if key not in row}
        rows.append(row | {name: _p95(words, parts.get(name)) for name in labels})
    titles = {name: f"{label} {words.percentile(95)}" for name, label in labels.items()}
    return view(words, [*columns, *labels], rows, caption, **titles)


def _p95(words: Words, part: Mapping[str, Any] | None) -> Cell:
    if part is None:
        return number(units.NOTHING)
    text, found = figure(words, part, "p95"), worst(one["verdict"] for one in part["targets"])
    if found is None or not part["submitted"]:
        return number(text)
    return Cell(f"{text} {MARKS[found]}", f"number {found}")


def center(words: Words, fleet: tuple[NodeType, ...], caption: str = "") -> View:
    """Return one row per node type, and the total."""
    rows = [
        {
            "node_type": Cell(kind.name),
            "model": Cell(kind.model or units.NOTHING),
            "nodes": number(words.count(kind.count)),
            "per_node": number(words.count(kind.accelerators)),
            "accelerators": number(words.count(kind.count * kind.accelerators)),
            "pflops": number(_pflops(words, kind)),
        }
        for kind in fleet
    ]
    nodes = number(words.count(sum(kind.count for kind in fleet)))
    total = {"node_type": Cell(words("total")), "model": Cell(""), "nodes": nodes, "per_node": number("")}
    total["accelerators"] = number(words.count(accelerators_of(fleet)))
    rows.append(total | {"pflops": number(_pflops(words, *fleet))})
    return view(words, ("node_type", "model", "nodes", "per_node", "accelerators", "pflops"), rows, caption)


def _pflops(words: Words, *fleet: NodeType) -> str:
    tflops = sum(kind.count * kind.accelerators * kind.tflops for kind in fleet)
    return words.count(tflops / 1_000) if tflops else units.NOTHING


def load(words: Words, offered: Any) -> View:
    """Return the offered load: one row per platform and node type, and the sums."""
    rows = [
        {
            "platform": Cell(row.platform or "all"),
            "node_type": Cell(row.node_type or "all"),
            "jobs_per_hour": number(f"{row.jobs_per_hour:,.1f}"),
            "accelerators": number(f"{row.accelerators:,.1f}"),
            "load": number(words.percent(row.load)),
        }
        for row in offered.rows
    ]
    return view(words, ("platform", "node_type", "jobs_per_hour", "accelerators", "load"), rows, "offered load")
