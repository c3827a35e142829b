"""What `onecenter pack` does."""

import argparse

from onecenter.cli.printing import console, print_view, size_text
from onecenter.cli.status import FINE
from onecenter.cli.streams import print_json
from onecenter.experiments.packing import Packing, pack
from onecenter.fleet import accelerators_of
from onecenter.results.views import View, number
from onecenter.system.progress import progress
from onecenter.traces.openb import read_nodes, read_pods
from onecenter.units import format_count


def command_pack(options: argparse.Namespace) -> int:
    """Fill a center with tasks that never leave, once per seed."""
    fleet = read_nodes(options.nodes)
    tasks = read_pods(options.tasks, fleet)
    with progress("packing", not options.json, total=len(options.seeds)) as move:
        found = pack(fleet, tasks, options.placement, options.demand, options.seeds, lambda: move(advance=1))
    if options.json:
        print_json(found.as_dict())
        return FINE
    size = size_text(sum(kind.count for kind in fleet), accelerators_of(fleet))
    seeds = f"seeds {options.seeds[0]} to {options.seeds[-1]}" if len(options.seeds) > 1 else f"seed {options.seeds[0]}"
    out = console()
    out.print(f"  {size} · {format_count(len(tasks))} tasks · {options.placement} · {seeds}\n")
    print_view(out, _by_demand(found))
    out.print(f"\n  means over seeds, standard deviations in brackets; {found.seconds:.2g} s per seed")
    return FINE


def _by_demand(found: Packing) -> View:
    """Return a row for every ten percent of demand, and one for all of it."""
    table, last = found.as_dict(), int(found.percent[-1])
    shown = dict.fromkeys([*range(10, last, 10), last])
    figures = [table["allocation"], table["fragmentation"]]
    rows = [
        [number(f"{percent} %"), *(number(_told(**each[str(percent)])) for each in figures)] for percent in shown
    ]
    return View(["arrived demand", "allocated", "of the rest, fragmented"], rows)


def _told(mean: float, sd: float | None) -> str:
    return f"{mean:.2f} %" + ("" if sd is None else f" ({sd:.2f})")
