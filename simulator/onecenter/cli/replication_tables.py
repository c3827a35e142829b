"""Tables of replications for the terminal."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rich.table import Table

from onecenter import units
from onecenter.cli.tables import VERDICTS, plain

#: Shown of the waits of a platform.
PERCENTILES: Final = ("p50", "p95", "p99")

#: What jobs that did not start are called, by the names of their counts.
COUNTS: Final = {"refused": "refused", "cancelled_waiting": "left", "open": "open"}

CHANCE: Final = {True: "yes", False: "no", None: units.NOTHING}


def replications_table(figures: Mapping[str, Any]) -> Table:
    """Return one row per platform: jobs, those that did not start, waits with their intervals."""
    table = plain()
    table.add_column("platform")
    for title in ("jobs", *COUNTS.values(), "mean time waited", *(f"wait {key}" for key in PERCENTILES)):
        table.add_column(title, justify="right")
    for name, part in [*figures["platforms"].items(), ("center", figures["center"])]:
        counts = [units.format_count(part[key]) for key in ("submitted", *COUNTS)]
        waits = [_interval(part["wait_s"], key, units.format_seconds) for key in PERCENTILES]
        table.add_row(name, *counts, _interval(part["time_waited_s"], "mean", units.format_seconds), *waits)
    return table


def assessments_table(targets: Sequence[Mapping[str, Any]]) -> Table:
    """Return one row per target: its percentile and the share in time, with their limits, and the verdict."""
    table = plain("targets (✓ met, ✗ missed, ? undecided; each limit with 95 % certainty, for all together)")
    for title in ("", "platform", "target", "percentile", "in time", "needed"):
        table.add_column(title, justify="left" if title in ("", "platform", "target") else "right")
    for one in targets:
        form = units.format_seconds if one["what"].startswith("wait") else "{:.2f}".format
        percentile = _between(one["value"], one["low"], one["high"], form)
        share = _between(one["in_time"], one["in_time_low"], one["in_time_high"], _share)
        target = f"{one['what']} ≤ {form(one['limit'])}"
        needed = f"{100 * (1 - one['allowed']):g} %"
        table.add_row(VERDICTS[one["verdict"]], one["platform"], target, percentile, share, needed)
    return table


def pairs_table(pairs: Any) -> Table:
    """Return one row per pair and platform: mean waits, what is tested with its interval, the verdict, lost jobs."""
    table = plain()
    names = ("platform", "base", "other")
    waits = ("mean wait", "mean wait")
    lost = [f"{title} (base, other)" for title in COUNTS.values()]
    titles = ("platform", "base", waits[0], "other", waits[1], "other / base, or −", "beyond chance", *lost)
    for title in titles:
        table.add_column(title, justify="left" if title in names else "right")
    for row in pairs.iter_rows(named=True):
        means = [units.format_between(row[f"{side}_low_s"], row[f"{side}_s"]) if row[f"{side}_low_s"] is not None
                 else units.NOTHING for side in ("base", "other")]  # fmt: skip
        counts = [f"{row[f'base_{key}']:,}, {row[f'other_{key}']:,}" for key in COUNTS]
        shown = (row["platform"], row["base"], means[0], row["other"], means[1])
        table.add_row(*shown, _tested(row), CHANCE[row["beyond_chance"]], *counts)
    return table


def _tested(row: Mapping[str, Any]) -> str:
    if row["tested"] is None:
        return units.NOTHING
    if row["tested"] == "ratio":
        return _between(row["ratio"], row["ratio_low"], row["ratio_high"], "{:.3f}".format)
    return _between(row["difference_s"], row["difference_low_s"], row["difference_high_s"], _signed)


def _signed(seconds: float) -> str:
    return f"{'−' if seconds < 0 else '+'}{units.format_seconds(abs(seconds))}"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def _interval(part: Mapping[str, Any], key: str, form: Callable[[float], str]) -> str:
    return _between(part[key], part[f"{key}_low"], part[f"{key}_high"], form)


def _between(value: float | None, low: float | None, high: float | None, form: Callable[[float], str]) -> str:
    """Return a value with its interval as far as they are known: "3 h (2 h to 5 h)", "3 h (?)", "≥ 2 h", a dash."""
    if value is None:
        return units.NOTHING if low is None else f"≥ {form(low)}"
    if low is None or high is None:
        return f"{form(value)} (?)"
    return f"{form(value)} ({form(low)} to {form(high)})"
