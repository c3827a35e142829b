"""What `onecenter run` and `onecenter replay` hand over: figures, files, and the exit status."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onecenter import units
from onecenter.cli import tables
from onecenter.cli.conditions import holding
from onecenter.errors import OnecenterError
from onecenter.result import Result
from onecenter.visible import json_text, visible


def deliver(result: Result, options: argparse.Namespace, *, sizes: bool) -> int:
    """Print the figures, write what was asked for, and judge the conditions."""
    summary = result.summary()
    failed = holding(options.fail_if, summary)
    if options.json:
        print(json_text(summary, 2))
    else:
        _print(result, summary, sizes)
    if options.out:
        folder = _write(result, Path(options.out))
        if not options.json:
            print(f"\n  tables and plots: {visible(str(folder))}/")
    for text in failed:
        print(f"onecenter: --fail-if holds: {visible(text)}", file=sys.stderr)
    return 1 if failed else 0


def _print(result: Result, summary: Mapping[str, Any], sizes: bool) -> None:
    out = tables.console()
    name = visible(str(summary["scenario"]))
    seed = "" if summary["seed"] is None else f" · seed {summary['seed']}"
    nodes = sum(kind.count for kind in result.fleet)
    accelerators = sum(kind.count * kind.accelerators for kind in result.fleet)
    length = units.format_duration(result.window.length)
    jobs = f"{units.format_count(len(result.workload))} jobs in {result.seconds:.2f} s"
    out.print(
        f"  {name} · {units.format_count(nodes)} nodes · {units.format_count(accelerators)} accelerators"
        f" · {length}{seed} · {jobs}\n"
    )
    out.print(tables.platforms_table(result))
    if sizes:
        out.print()
        out.print(tables.sizes_table(result))
    for name, part in summary["platforms"].items():
        for one in part["targets"]:
            if one["verdict"] == "undecided":
                out.print(f"  undecided: {name}, {one['what']}: {one['reason']}")


def _write(result: Result, folder: Path) -> Path:
    """Write the result and its plots; return the folder."""
    from onecenter.cli.pictures import save_plots

    try:
        folder.mkdir(parents=True, exist_ok=True)
        result.save(folder / "result.parquet")
        text = json_text(result.summary(), 2)
        (folder / "summary.json").write_text(text, encoding="utf-8")
        save_plots(result, folder)
    except OSError as error:
        raise OnecenterError("--out", [f"{folder}: {error.strerror or error}"]) from None
    return folder
