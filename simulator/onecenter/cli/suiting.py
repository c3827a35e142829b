"""What `onecenter suite` does."""

import argparse
from collections.abc import Sequence
from typing import Any, Final

from onecenter.cli.printing import console, markdown, print_view
from onecenter.cli.status import CONDITION, FINE
from onecenter.cli.streams import answers, print_json
from onecenter.experiments.executors import eventually
from onecenter.experiments.suite import PARTS, WORKLOADS, Frozen, Row, frozen, suite
from onecenter.experiments.suite.view import of_workload
from onecenter.policies import NAMED, policy_of
from onecenter.simulation.running import scenario_of
from onecenter.system.progress import progress
from onecenter.visible import visible
from onecenter.words import Words

#: Lines of changes that are printed; --json has all.
SHOWN: Final = 20


def command_suite(options: argparse.Namespace) -> int:
    """Run the suite and compare it with what is committed; with --policy, that policy beside what is committed."""
    part, committed = "quick" if options.quick else "full", frozen()
    chosen = {str(name): policy_of(name, NAMED["easy"]) for name in options.policy} or None
    with (
        eventually(options.workers) as executor,
        progress("seeds", not (options.json or options.markdown), PARTS[part].seeds * len(WORKLOADS)) as move,
    ):
        found = suite(part, chosen, executor=executor, moved=lambda: move(advance=1))
    added = {name for name in chosen or () if name not in {row.policy for row in committed.rows}}
    changes = committed.changes(row for row in found if row.policy not in added)
    if options.json:
        print_json(_figures(part, committed, found, changes))
    else:
        _print(options, part, committed, found, changes)
    return CONDITION if changes else FINE


def _figures(part: str, committed: Frozen, found: Sequence[Row], changes: Sequence[str]) -> dict[str, Any]:
    rows = [row._asdict() for row in found]
    return {"part": part, "committed": committed.digest, "rows": rows, "changes": list(changes)}


def _print(
    options: argparse.Namespace, part: str, committed: Frozen, found: Sequence[Row], changes: Sequence[str]
) -> None:
    out, words = console(), Words()
    measured = {row.policy for row in found}
    rows = [row for row in committed.of(part) if row.policy not in measured] + list(found)
    for workload in WORKLOADS:
        title = f"{workload}: {scenario_of(workload).title_in(words.language)}"
        table = of_workload(words, [row for row in rows if row.workload == workload], title, options.policy)
        if options.markdown:
            print(markdown(table), file=answers())
        else:
            print_view(out, table)
            out.print()
    remark = f"{PARTS[part].seeds} seeds of each workload; committed table {committed.digest[:12]}"
    moved = "every figure is as committed" if not changes else f"{len(changes)} figures are not as committed"
    for line in (f"{remark}: {moved}", *map(visible, changes[:SHOWN])):
        print(line, file=answers()) if options.markdown else out.print(f"  {line}")
