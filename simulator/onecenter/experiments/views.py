"""Tables for people of replications, of pairs of them, and of the fleets that a plan tried."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from onecenter import units
from onecenter.experiments.assessment import Assessment
from onecenter.results.targets import Target
from onecenter.results.views import CENTER, NOT_STARTED, PERCENTILES, Cell, View, asked, number, verdict, view
from onecenter.words import Words


def replicated(words: Words, figures: Mapping[str, Any]) -> View:
    """Return one row per platform of `adequacy`: jobs, those that did not start, waits with their intervals."""
    rows = []
    for name, part in [*figures["platforms"].items(), (CENTER, figures["center"])]:
        row = {"platform": Cell(name), "time_waited": number(_interval(words, part["time_waited_s"], "mean"))}
        row |= {key: number(words.count(part[key])) for key in ("submitted", *NOT_STARTED)}
        rows.append(row | {key: number(_interval(words, part["wait_s"], key)) for key in PERCENTILES})
    return view(words, ("platform", "submitted", *NOT_STARTED, "time_waited", *PERCENTILES), rows)


def _interval(words: Words, part: Mapping[str, Any], key: str) -> str:
    return words.estimate(part[key], part[f"{key}_low"], part[f"{key}_high"])


def assessments(
    words: Words,
    judged: Sequence[Assessment],
    columns: Sequence[str],
    labels: Mapping[str, str] | None = None,
    caption: str = "",
) -> View:
    """Return one row per target: its percentile and the share in time, with their limits, and the verdict.

    Columns: platform, verdict, what, limit, value, within, needed, miss_share.
    """
    rows = []
    for one in judged:
        row = asked(words, (labels or {}).get(one.platform, one.platform), one.target, one.verdict)
        row["value"] = number(words.estimate(one.value, one.low, one.high, one.target.writer(words)))
        row |= {"within": number(_in_time(words, one)), "needed": number(f"{100 * (1 - one.allowed):g} %")}
        rows.append(row | {"miss_share": number(words.percent(one.miss_share))})
    return view(words, columns, rows, caption)


def _in_time(words: Words, one: Assessment) -> str:
    value, low, high = one.in_time.values()
    return words.estimate(value, low, high, lambda share: f"{100 * share:.1f} %")


def pairs(words: Words, table: pl.DataFrame) -> View:
    """Return one row per pair and platform: mean waits, what is tested with its interval, the verdict, lost jobs."""
    rows = []
    for row in table.iter_rows(named=True):
        cells = {key: Cell(row[key]) for key in ("platform", "base", "other")}
        cells |= {f"{side}_wait": number(_mean(words, row, side)) for side in ("base", "other")}
        chance = number(_chance(words, row["beyond_chance"]))
        cells |= {"tested": number(_tested(words, row)), "beyond_chance": chance}
        lost = {key: number(f"{row[f'base_{key}']:,}, {row[f'other_{key}']:,}") for key in NOT_STARTED}
        rows.append(cells | lost)
    titles = {key: f"{words(f'column.{key}')} ({words('column.base')}, {words('column.other')})" for key in NOT_STARTED}
    columns = ("platform", "base", "base_wait", "other", "other_wait", "tested", "beyond_chance", *NOT_STARTED)
    return view(words, columns, rows, **titles)


def _mean(words: Words, row: Mapping[str, Any], side: str) -> str:
    low = row[f"{side}_low_s"]
    return units.NOTHING if low is None else words.between(low, row[f"{side}_s"])


def _tested(words: Words, row: Mapping[str, Any]) -> str:
    if row["tested"] is None:
        return units.NOTHING
    if row["tested"] == "ratio":
        return words.estimate(row["ratio"], row["ratio_low"], row["ratio_high"], "{:.3f}".format)
    return words.estimate(row["difference_s"], row["difference_low_s"], row["difference_high_s"], words.signed)


def tried(
    words: Words,
    fleets: Sequence[Mapping[str, Any]],
    named: Sequence[str],
    currency: str,
    targets: Sequence[Target] = (),
    caption: str = "",
) -> View:
    """Return one row per fleet of `Plan.tried`, and what each is called; of the targets the percentiles are shown."""
    rows = []
    for name, fleet in zip(named, fleets, strict=True):
        row = {"fleet": Cell(name), "nodes": number(words.count(fleet["nodes"]))}
        row["cost"] = number(words.money(fleet["cost"], currency))
        row["refused"] = number(words.count(sum(part["refused"] for part in fleet["platforms"].values())))
        for place, (target, one) in enumerate(zip(targets, fleet["targets"], strict=False)):
            known = one["value"] is not None
            row[str(place)] = number(target.writer(words)(one["value"]) if known else words("beyond"))
        row["replications"] = number(words.count(fleet["replications"]))
        rows.append(row | {"verdict": verdict(words, fleet["verdict"])})
    first = fleets[0]["targets"]
    titles = {str(i): f"{first[i]['platform']} {target.said(words)}" for i, target in enumerate(targets)}
    columns = ["fleet", "nodes", "cost", "refused", *titles, "replications", "verdict"]
    if all(fleet["cost"] is None for fleet in fleets):
        columns.remove("cost")
    return view(words, columns, rows, caption, **titles)


def quotas_tried(words: Words, found: Sequence[tuple[str, Any]]) -> View:
    """Return one row per quota that a plan tried, given with its replications: percentiles and the verdict."""
    rows, titles = [], {}
    for value, each in found:
        row = {"nominal": number(value), "replications": number(words.count(len(each.runs)))}
        for place, one in enumerate(each.assessments):
            titles[str(place)] = f"{one.platform} {one.target.said(words)}"
            known = one.value is not None
            row[str(place)] = number(one.target.writer(words)(one.value) if known else words("beyond"))
        rows.append(row | {"verdict": verdict(words, each.verdict)})
    return view(words, ("nominal", *titles, "replications", "verdict"), rows, **titles)


def windowed(words: Words, table: pl.DataFrame) -> View:
    """Return one row per load, figure, pair and platform of a comparison on a log; what is always the same is left out.

    Columns: rate, figure, platform, base, base_mean, other, other_mean, difference, beyond_chance.
    """
    rows = []
    for row in table.iter_rows(named=True):
        wait = row["figure"] == "wait_s"
        write, signed = (words.seconds, words.signed) if wait else ("{:,.2f}".format, _signed)
        cells = {key: Cell(row[key]) for key in ("platform", "base", "other")}
        cells |= {"rate": number(f"{row['load']:g}"), "figure": Cell(words(row["figure"]))}
        for key in ("base_mean", "other_mean"):
            cells[key] = number(units.NOTHING if row[key] is None else write(row[key]))
        cells["difference"] = number(words.estimate(row["difference"], row["low"], row["high"], signed))
        rows.append(cells | {"beyond_chance": number(_chance(words, row["beyond_chance"]))})
    several = {"rate": table["load"].n_unique() > 1, "platform": table["platform"].n_unique() > 1}
    columns = ("rate", "figure", "platform", "base", "base_mean", "other", "other_mean", "difference", "beyond_chance")
    return view(words, [key for key in columns if several.get(key, True)], rows)


def _signed(value: float) -> str:
    return f"{value:+,.2f}".replace("-", "−")


def _chance(words: Words, beyond: bool | None) -> str:
    return {True: words("yes"), False: words("no"), None: units.NOTHING}[beyond]


def scored(words: Words, table: pl.DataFrame) -> View:
    """Return one row per objective and other policy of a tuned one's score on held-out jobs; see `held_out.scored`."""
    rows = []
    for row in table.iter_rows(named=True):
        wait = row["objective"] == "wait_s"
        write, signed = (words.seconds, words.signed) if wait else ("{:,.2f}".format, _signed)
        cells = {"figure": Cell(words(row["objective"])), "other": Cell(row["other"])}
        cells |= {key: number(write(row[key])) for key in ("tuned_mean", "other_mean")}
        cells["less"] = number(words.estimate(row["difference"], row["low"], row["high"], signed))
        cells["relative"] = number(_change(row["relative"]))
        rows.append(cells | {"better": number(_chance(words, row["better"]))})
    return view(words, ("figure", "tuned_mean", "other", "other_mean", "less", "relative", "better"), rows)


def _change(share: float | None) -> str:
    return units.NOTHING if share is None else f"{100 * share:+.1f} %".replace("-", "−")
