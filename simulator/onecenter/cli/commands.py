"""What each command does."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from onecenter import units
from onecenter.cli import tables
from onecenter.cli.conditions import holding
from onecenter.comparison import compare
from onecenter.errors import OnecenterError, ScenarioError
from onecenter.policies import NAMED, Policy
from onecenter.result import Result
from onecenter.scenario import from_dict, load, shipped
from onecenter.side_by_side import comparison, run_each
from onecenter.simulation import replay, run, scenario_of


def command_run(options: argparse.Namespace) -> int:
    """Simulate a scenario, or repeat a saved result."""
    scenario: Any = options.scenario
    policy = options.policy
    if scenario.endswith(".parquet"):
        scenario, policy = _repeated(scenario, policy)
    result = run(
        scenario_of(scenario, options.seed, options.set),
        policy=policy,
        stride=options.stride,
        show_progress=not options.json,
    )
    return _deliver(result, options, sizes=False)


def _repeated(path: str, policy: str | None) -> tuple[Any, Policy | str]:
    """Return the scenario and policy of a saved result."""
    saved = Result.load(path)
    scenario = saved.provenance.get("scenario")
    if not isinstance(scenario, Mapping) or "trace" in scenario:
        raise OnecenterError(path, ["it is no run of a scenario: a replay is repeated with `onecenter replay`"])
    return from_dict(scenario, path), policy or saved.policy


def command_replay(options: argparse.Namespace) -> int:
    """Simulate a real log."""
    from onecenter.traces import read

    trace = read(options.trace, options.format)
    default = NAMED["easy"] if options.center is None else load(options.center).policy_
    policy = replace(NAMED[options.policy], placement=default.placement) if options.policy in NAMED else options.policy
    parts = {part: getattr(options, part) for part in ("order", "backfill", "placement") if getattr(options, part)}
    if parts:
        base = default if policy is None else policy
        policy = replace(base, **parts) if isinstance(base, Policy) else base
    if not options.json:
        tables.console().print(*(f"  {line}" for line in trace.quality.lines()), sep="\n")
    result = replay(
        trace,
        processors=options.processors,
        nodes=options.nodes,
        center=options.center,
        policy=policy,
        horizon=options.horizon,
        warmup=options.warmup,
        skip_first=_share(options.skip_first),
        stride=options.stride,
        show_progress=not options.json,
    )
    return _deliver(result, options, sizes=True)


def _share(text: str) -> float:
    try:
        return float(text.removesuffix("%").strip()) / 100
    except ValueError:
        raise OnecenterError("--skip-first", [f"{text!r}: a percentage such as 1% is expected"]) from None


def _deliver(result: Result, options: argparse.Namespace, *, sizes: bool) -> int:
    """Print the figures, write what was asked for, and judge the conditions."""
    summary = result.summary()
    failed = holding(options.fail_if, summary)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        _print(result, summary, sizes)
    if options.out:
        folder = _write(result, Path(options.out))
        if not options.json:
            print(f"\n  tables and plots: {folder}/")
    for text in failed:
        print(f"onecenter: --fail-if holds: {text}", file=sys.stderr)
    return 1 if failed else 0


def _print(result: Result, summary: Mapping[str, Any], sizes: bool) -> None:
    out = tables.console()
    seed = "" if summary["seed"] is None else f" · seed {summary['seed']}"
    nodes = sum(kind.count for kind in result.fleet)
    accelerators = sum(kind.count * kind.accelerators for kind in result.fleet)
    length = units.format_duration(result.window.length)
    jobs = f"{units.format_count(len(result.workload))} jobs in {result.seconds:.2f} s"
    out.print(
        f"  {summary['scenario']} · {units.format_count(nodes)} nodes · {units.format_count(accelerators)} accelerators"
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
        text = json.dumps(result.summary(), ensure_ascii=False, indent=2)
        (folder / "summary.json").write_text(text, encoding="utf-8")
        save_plots(result, folder)
    except OSError as error:
        raise OnecenterError("--out", [f"{folder}: {error.strerror or error}"]) from None
    return folder


def command_compare(options: argparse.Namespace) -> int:
    """Run several policies on one scenario."""
    names = [name.strip() for name in options.policies.split(",") if name.strip()]
    if options.replications is not None:
        return _compare_paired(names, options)
    results = run_each(names, options.scenario, seed=options.seed, set=options.set, show_progress=not options.json)
    figures = comparison(results)
    failed = holding(options.fail_if, figures)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        tables.console().print(tables.comparison_table(results))
    for text in failed:
        print(f"onecenter: --fail-if holds: {text}", file=sys.stderr)
    return 1 if failed else 0


def _compare_paired(names: list[str], options: argparse.Namespace) -> int:
    """Compare policies over replications, each with the first."""
    scenario = scenario_of(options.scenario, options.seed, options.set)
    found = compare(names, scenario, n=options.replications)
    failed = holding(options.fail_if, found.as_dict())
    if options.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        tables.console().print(tables.pairs_table(found.table))
    for text in failed:
        print(f"onecenter: --fail-if holds: {text}", file=sys.stderr)
    return 1 if failed else 0


def command_show(options: argparse.Namespace) -> int:
    """Print the resolved scenario and its offered load."""
    from onecenter.scenario.toml import dump
    from onecenter.workload.load import offered_load

    scenario = scenario_of(options.scenario, options.seed, options.set)
    offered = offered_load(scenario)
    if options.json:
        rows = [vars(row) | {"load": row.load} for row in offered.rows]
        figures = {"scenario": scenario.resolved(), "load": rows, "warnings": offered.warnings}
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return 0
    out = tables.console()
    print(dump(scenario.resolved()))
    out.print(tables.load_table(offered))
    for warning in offered.warnings:
        out.print(f"  warning: {warning}")
    return 0


def command_validate(options: argparse.Namespace) -> int:
    """Check scenarios."""
    mistakes = 0
    for name in options.scenarios:
        try:
            load(name, set=options.set)
            print(f"{name}: ok")
        except ScenarioError as error:
            mistakes += 1
            print(f"onecenter: {error}", file=sys.stderr)
    return 2 if mistakes else 0


def command_scenario(options: argparse.Namespace) -> int:
    """List the shipped scenarios; print the JSON schema or the reference."""
    from onecenter.scenario.reference import reference
    from onecenter.scenario.schema import json_schema

    if options.what == "list":
        print("\n".join(shipped()))
    elif options.what == "schema":
        print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    else:
        print(reference(), end="")
    return 0
