"""What `onecenter run` and `onecenter replay` hand over: figures, files, and the exit status."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from onecenter import units
from onecenter.cli.conditions import holding, status_of_holding
from onecenter.cli.outputs import cannot_be_written, save_plots
from onecenter.cli.printing import console, heading, print_view, remarks
from onecenter.cli.streams import print_json
from onecenter.results import sharing_views, views
from onecenter.results.seen import seen, submitted_in
from onecenter.simulation.result import Result
from onecenter.system.atomic import write_json
from onecenter.traces import Quality
from onecenter.visible import visible
from onecenter.words import Words

#: Columns of the table of a run.
COLUMNS: Final = (
    "platform", "submitted", "started", "refused", "unfinished", "p50", "p95", "use", "targets", "reason",
)  # fmt: skip


def deliver(result: Result, options: argparse.Namespace, warnings: Sequence[str] = (), *, sizes: bool) -> int:
    """Write what was asked for of a result, print its figures, and judge the conditions."""
    summary = result.summary() | {"warnings": list(warnings)}
    if options.json or options.fail_if or options.out is not None:  # the table for people does not have it
        summary["fragmentation"] = result.fragmentation

    def write(folder: Path) -> None:
        result.save(folder / "result.parquet")
        write_json(folder / "summary.json", summary)
        save_plots(result, folder)

    return hand_over(summary, options, lambda: _print(result, summary, sizes), write, "tables and plots: {}/")


def hand_over(
    figures: Mapping[str, Any],
    options: argparse.Namespace,
    show: Callable[[], None],
    write: Callable[[Path], None],
    where: str,
) -> int:
    """Write to the folder of --out, print figures as JSON or as people read them, and judge the conditions.

    `where` tells what has been written; the folder is filled in.
    """
    failed = holding(options.fail_if, figures)
    folder = None if options.out is None else Path(options.out)
    if folder is not None:
        with cannot_be_written(str(folder)):
            write(folder)
    if options.json:
        print_json(figures)
    else:
        show()
        if folder is not None:
            print(f"\n  {where.format(visible(str(folder)))}")
    return status_of_holding(failed)


def _print(result: Result, summary: Mapping[str, Any], sizes: bool) -> None:
    out, words = console(), Words()
    count = int(np.searchsorted(result.workload.submit, result.window.horizon))
    jobs = f"{units.format_count(count)} jobs in {result.seconds:.2f} s"
    if "replay" in summary:
        print(*(f"  {line}" for line in replay_lines(summary)), "", sep="\n")
    out.print(f"  {heading(result)} · policy {result.policy.text} · {jobs}\n")
    reasons, targets = result.reasons, result.targets
    print_view(out, views.platforms(words, summary, COLUMNS, targets=targets, reasons=reasons))
    for table in sharing_views.tables(words, result.sharing):
        out.print()
        print_view(out, table)
    if sizes:
        out.print()
        everyone = seen(result.workload, result.fates, result.until)
        inside = submitted_in(result.workload, result.fates, result.window)
        print_view(out, views.sizes(words, everyone.where(inside)))
    for text in remarks(result, words):
        out.print(f"  {text}")


def replay_lines(summary: Mapping[str, Any]) -> list[str]:
    """Return what was used of a log, what was left out, and on what it was replayed."""
    replay, window = summary["replay"], summary["window_s"]
    lines = Quality.of(replay["quality"]).lines()
    if replay["horizon"] or window["warmup"]:
        ends = [units.format_seconds(window[name]) for name in ("warmup", "horizon")]
        jobs = units.format_count(summary["center"]["submitted"])
        lines.append(f"the figures are about the {jobs} jobs submitted {ends[0]} to {ends[1]} after the first")
    span = replay["trace"]["last_submit_s"] - replay["trace"]["first_submit_s"]
    if replay["horizon"] and window["horizon"] > span + 0.001:
        lines.append(f"the horizon lies behind the log's last submit, {units.format_seconds(span)} after its first")
    if "by" in replay["center"]:
        count = units.format_count(replay["center"]["processors"])
        lines.append(f"the center is one pool of {count} accelerators ({replay['center']['by']})")
    return lines
