"""Tables for the terminal."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onecenter import units
from onecenter.fleet import accelerators_of
from onecenter.policies import texts_of
from onecenter.results.seen import seen, submitted_in
from onecenter.simulation.result import Result
from onecenter.statistics.sample import finite
from onecenter.visible import visible

VERDICTS = {"met": "✓", "missed": "✗", "undecided": "?"}


class _Plain(Console):
    """A terminal for which every text is data: no markup, no codes of emoji, nothing invisible."""

    def render_str(self, text: str, **looks: Any) -> Text:
        """Return a text as it is shown."""
        return super().render_str(visible(text, keep="\n"), **looks)


def console() -> Console:
    """Return the terminal; where output goes to a file or pipe, wide enough for every table."""
    return _Plain(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False, emoji=False)


def plain(title: str | None = None) -> Table:
    """Return an empty table without lines."""
    return Table(title=title, title_justify="left", box=None, pad_edge=True, padding=(0, 2, 0, 0), header_style="bold")


def _between(part: Mapping[str, Any], group: str, key: str, form: Any = units.format_seconds) -> str:
    """Return a figure of a platform by its bounds, such as the p95 of wait_s."""
    if part["submitted"] == 0:
        return units.NOTHING
    return units.format_between(part[group][f"{key}_low"], part[group][f"{key}_high"], form)


def _targets(part: Mapping[str, Any]) -> str:
    texts = [
        f"{VERDICTS[one['verdict']]} {one['what']} ≤ {_limit(one)}{' (few jobs)' if one['few'] else ''}"
        for one in part["targets"]
    ]
    return "\n".join(texts) or "–"


def _limit(one: Mapping[str, Any]) -> str:
    """Return a target's limit: a time, or a factor."""
    return units.format_seconds(one["target"]) if "wait" in one["what"] else f"{one['target']:g}"


def heading(result: Result) -> str:
    """Return what was run: its name, nodes, accelerators, the length of the window, the seed, the overrides."""
    seed = result.provenance.get("seed")
    nodes = sum(kind.count for kind in result.fleet)
    parts = [
        visible(str(result.provenance.get("name"))),
        f"{units.format_count(nodes)} node{'' if nodes == 1 else 's'}",
        f"{units.format_count(accelerators_of(result.fleet))} accelerators",
        units.format_duration(result.window.length),
        *([] if seed is None else [f"seed {seed}"]),
        *(f"with {visible(str(change))}" for change in result.provenance.get("set") or ()),
    ]
    return " · ".join(parts)


def platforms_table(result: Result) -> Table:
    """Return one row per platform: jobs, waits, targets, use and why it waited."""
    summary, reasons = result.summary(), reason_shares(result)
    table = plain()
    for name, justify in COLUMNS:
        table.add_column(name, justify="right" if justify else "left")
    parts = [(name, part, _targets(part), reasons.get(name, "")) for name, part in summary["platforms"].items()]
    for name, part, texts, why in [*parts, ("center", summary["center"], "", "")]:
        table.add_row(
            name,
            *(units.format_count(part[key]) for key in ("submitted", "started", "refused", "unfinished")),
            *(_between(part, "wait_s", key) for key in ("p50", "p95")),
            units.format_percent(part["utilisation"]) if part["utilisation"] is not None else "–",
            texts,
            why,
        )
    return table


COLUMNS = (
    ("platform", 0), ("jobs", 1), ("started", 1), ("refused", 1), ("unfinished", 1), ("wait p50", 1), ("p95", 1),
    ("use", 1),
    ("targets (✓ met, ✗ missed, ? undecided)", 0), ("why it waited", 0),
)  # fmt: skip


def reason_shares(result: Result) -> dict[str, str]:
    """Return, by platform, the greatest reason of its waiting and its share."""
    texts = {}
    for name, group in result.reasons.group_by("platform"):
        top = group.sort("share", descending=True).row(0, named=True)
        if top["share"] and top["share"] > 0:
            texts[str(name[0])] = f"{top['reason']} {units.format_percent(top['share'])}"
    return texts


def sizes_table(result: Result) -> Table:
    """Return waits of the jobs of the window by the accelerators of a job."""
    inside = submitted_in(result.workload, result.fates, result.window)
    jobs = seen(result.workload, result.fates, result.until).where(inside)
    table = plain("waits by size")
    for title in ("accelerators", "jobs", "not started", "mean", "p50", "p95", "p99"):
        table.add_column(title, justify="right")
    gangs, which = np.unique(jobs.gang, return_inverse=True)
    names = [_size_class(gang / 1_000) for gang in gangs.tolist()]
    for name in dict.fromkeys(names):
        mine = jobs.where(np.isin(which, [i for i, each in enumerate(names) if each == name]))
        found = [mine.waits.mean(), *(mine.waits.percentile(percent) for percent in (50, 95, 99))]
        waits = [units.format_between(*finite(each), units.format_duration) for each in found]
        counts = (len(mine), len(mine) - int(mine.started.sum()))
        table.add_row(name, *map(units.format_count, counts), *waits)
    return table


def _size_class(accelerators: float) -> str:
    if accelerators < 1:
        return "0" if accelerators == 0 else "< 1"
    top = 1
    while top < accelerators:
        top *= 2
    return str(top) if top <= 2 else f"{top // 2 + 1}–{top}"


def comparison_table(results: Mapping[str, Result]) -> Table:
    """Return one row per policy: the center's mean wait and slowdown, who was refused, and each platform's p95."""
    summaries = {name: result.summary() for name, result in results.items()}
    names = list(next(iter(summaries.values()))["platforms"])
    table = plain()
    percentiles = (f"{name} p95" for name in names)
    for title in ("policy", "mean wait", "slowdown", "use", "refused", *percentiles, "targets met"):
        table.add_column(title, justify="left" if title == "policy" else "right")
    policies = texts_of({name: result.policy for name, result in results.items()})
    for policy, summary in zip(policies, summaries.values(), strict=True):
        center = summary["center"]
        met = [one["verdict"] == "met" for one in center["targets"]]
        table.add_row(
            visible(policy),
            _between(center, "wait_s", "mean"),
            _between(center, "bounded_slowdown", "mean", "{:.2f}".format),
            units.format_percent(center["utilisation"]),
            units.format_count(center["refused"]),
            *(_between(part, "wait_s", "p95") for part in summary["platforms"].values()),
            f"{sum(met)} of {len(met)}" if met else "–",
        )
    return table


def tried_table(tried: Sequence[Mapping[str, Any]]) -> Table:
    """Return one row per fleet that a plan tried: its counts, cost, refused jobs, and each target's percentile."""
    first = tried[0]
    table = plain()
    counts = [path.split(".")[2] if len(first["values"]) > 1 else "nodes" for path in first["values"]]
    targets = [f"{one['platform']} {one['what']}" for one in first["targets"]]
    for title in (*counts, "cost per year", "refused", *targets, "replications", "targets"):
        table.add_column(title, justify="right")
    for each in tried:
        cost = "–" if each["cost"] is None else f"{each['cost']:,.0f}"
        refused = units.format_count(sum(part["refused"] for part in each["platforms"].values()))
        waits = [_percentile(one) for one in each["targets"]]
        last = (str(each["replications"]), each["verdict"])
        table.add_row(*map(str, each["values"].values()), cost, refused, *waits, *last)
    return table


def _percentile(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return "> data"
    if one["what"].startswith("wait"):
        return units.format_seconds(one["value"])
    return f"{one['value']:.2f}"


def load_table(load: Any) -> Table:
    """Return the offered load: a row a platform and node type, and the sums."""
    table = plain("offered load")
    for title in ("platform", "node type", "jobs an hour", "accelerators", "load"):
        table.add_column(title, justify="left" if title in ("platform", "node type") else "right")
    for row in load.rows:
        table.add_row(
            row.platform or "all",
            row.node_type or "all",
            f"{row.jobs_per_hour:.1f}",
            f"{row.accelerators:,.1f}",
            units.format_percent(row.load),
        )
    return table
