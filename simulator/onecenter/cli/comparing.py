"""What `onecenter compare` does with a log."""

import argparse
from collections.abc import Iterator
from typing import Any, Final

from onecenter import units
from onecenter.cli.conditions import holding, status_of_holding
from onecenter.cli.options import given_by
from onecenter.cli.paper import Paper
from onecenter.cli.streams import print_json
from onecenter.errors import OnecenterError
from onecenter.experiments.executors import eventually
from onecenter.experiments.log_comparison import LogComparison, compare_log
from onecenter.experiments.views import windowed
from onecenter.policies import texts_of
from onecenter.results.views import fairness
from onecenter.visible import visible
from onecenter.words import Words

#: How the name of a log ends; `--format` says that a file of another name is one.
LOGS: Final = (".swf", ".csv", ".gz")

#: Options that go with a log only, and what each is where it is not given.
OF_LOGS: Final = {
    "--windows": None,
    "--load": None,
    "--processors": None,
    "--nodes": None,
    "--center": None,
    "--horizon": None,
    "--warmup": "0 s",
    "--skip-first": 0.0,
}

#: Options that do not go with a log, and why.
NOT_WITH_LOGS: Final = {
    "--replications": "which draws no random numbers; --windows pairs by windows of it",
    "--seed": "which draws no random numbers",
    "--set": "which has no scenario to change",
}


def is_log(options: argparse.Namespace) -> bool:
    """Tell whether a log is to be compared on, no scenario."""
    return options.format is not None or options.scenario.lower().endswith(LOGS)


def _given(options: argparse.Namespace, option: str) -> Any:
    return getattr(options, option[2:].replace("-", "_"))


def refuse_beside_scenario(options: argparse.Namespace) -> None:
    """Refuse the options that go with a log only."""
    wrong = [f"{option}: it goes with a log, such as LOG.swf.gz; {options.scenario} is none by its name"
             for option, absent in OF_LOGS.items() if _given(options, option) != absent]  # fmt: skip
    if wrong:
        raise OnecenterError("compare", wrong)


def compare_on_log(options: argparse.Namespace) -> int:
    """Compare policies on a log, paired by window."""
    wrong = [f"{option}: it does not go with a log, {why}"
             for option, why in NOT_WITH_LOGS.items() if _given(options, option) not in (None, [])]  # fmt: skip
    if wrong:
        raise OnecenterError(options.scenario, wrong)
    with eventually(options.workers) as executor:
        found = compare_log(
            options.scenario,
            {name: given_by(options, name) for name in options.policies},
            windows=options.windows or 10,
            loads=options.load or (1.0,),
            fair_starts=options.fair_starts or 0,
            **{name: getattr(options, name) for name in ("processors", "nodes", "center", "format", "horizon")},
            warmup=options.warmup,
            skip_first=options.skip_first,
            executor=executor,
        )
    figures = found.as_dict()
    failed = holding(options.fail_if, figures)
    if options.json:
        print_json(figures)
    else:
        _print(found, Paper(as_markdown=options.markdown))
    return status_of_holding(failed)


def _print(found: LogComparison, out: Paper) -> None:
    words = Words()
    for line in found.quality.lines():
        out.line(line)
    told = " · ".join(map(visible, texts_of(found.policies)))
    out.gap()
    out.line(f"{visible(found.trace.source)} · policies {told}")
    out.line(found.text())
    out.gap()
    out.table(windowed(words, found.table))
    out.gap()
    texts = [visible(text) for text in texts_of(found.policies)]
    rows = [({"rate": f"{load:g}"} if len(found.runs) > 1 else {}, text, run)
            for load, runs in found.runs.items() for text, run in zip(texts, runs.values(), strict=True)]  # fmt: skip
    parts = [(rate | {"policy": text}, run.fairness, run.fragmentation) for rate, text, run in rows]
    out.table(fairness(words, parts))
    for line in _remarks(found):
        out.line(line)


def _remarks(found: LogComparison) -> Iterator[str]:
    """Give the sentences below the table."""
    for load in found.runs:
        yield f"load {load:g}: the jobs ask for {units.format_percent(found.offered(load))} of the center"
    for row in found.table.filter(found.table["reason"] != "").iter_rows(named=True):
        yield f"not tested: load {row['load']:g}, {row['platform']}, {row['other']}: {row['reason']}"
    if found.related is not None:
        related = f"neighbouring windows are related (correlation up to {found.related:.2f})"
        yield f"{related}, so intervals are too narrow: fewer, longer windows are expected"
