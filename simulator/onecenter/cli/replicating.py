"""What `onecenter run … --replications` and `onecenter compare … --replications` do."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from onecenter.cli.conditions import holding, status_of_holding
from onecenter.cli.delivery import hand_over
from onecenter.cli.options import given_by
from onecenter.cli.outputs import output_folder
from onecenter.cli.paper import Paper
from onecenter.cli.printing import console, print_view, size_text, warn
from onecenter.cli.streams import print_json
from onecenter.errors import OnecenterError
from onecenter.experiments.adequacy import adequacy
from onecenter.experiments.assessment import Assessment, assess
from onecenter.experiments.comparison import Comparison, compare
from onecenter.experiments.executors import eventually
from onecenter.experiments.replications import Replications, replicate, task_of
from onecenter.experiments.views import assessments, pairs, replicated
from onecenter.planning.growth import with_demand
from onecenter.policies import Policy, texts_of
from onecenter.results import sharing_views
from onecenter.results.views import PERCENTILES, fairness
from onecenter.scenario import Scenario
from onecenter.simulation.running import without_jobs
from onecenter.system.atomic import write_json
from onecenter.system.progress import progress
from onecenter.visible import visible
from onecenter.words import Words


def refuse_alone(options: argparse.Namespace) -> None:
    """Refuse the options that go with --replications only, where it is not given."""
    given = [f"--{option}" for option in ("demand", "workers") if getattr(options, option, None) is not None]
    if given:
        raise OnecenterError("--replications", [f"{option}: --replications is expected beside it" for option in given])


def run_replications(scenario: Scenario, options: argparse.Namespace) -> int:
    """Say whether a scenario's fleet is enough, over replications."""
    if options.stride != "calendar":
        raise OnecenterError("--stride", [f"{options.stride} does not go with --replications: leave it out"])
    chosen = scenario if options.demand is None else with_demand(scenario, options.demand)
    warnings = warn(chosen, json=options.json)
    if options.fail_if:
        nothing = replicate(without_jobs(chosen), 1)
        holding(options.fail_if, _answer(nothing, assess(nothing), options, warnings))
    with output_folder(options.out), eventually(options.workers) as executor:
        rules = given_by(options, options.policy).on(chosen.policy_)
        runs = replicate(chosen, options.replications, policy=rules, executor=executor)
        _run_all([runs], not options.json)
        judged = assess(runs)
        figures = _answer(runs, judged, options, warnings)
        return hand_over(
            figures,
            options,
            lambda: _print(runs, judged, figures),
            lambda folder: write_json(folder / "replications.json", figures),
            "numbers: {}/replications.json",
        )


def _answer(
    runs: Replications, judged: Sequence[Assessment], options: argparse.Namespace, warnings: list[str]
) -> dict[str, Any]:
    return adequacy(runs, judged) | {"demand": options.demand or 1.0, "warnings": warnings}


def sides_of(options: argparse.Namespace, default: Policy) -> dict[str, Policy]:
    """Return the policies that are compared, by name."""
    return {name: given_by(options, name).on(default) for name in options.policies}


def compare_paired(scenario: Scenario, options: argparse.Namespace, warnings: Sequence[str]) -> int:
    """Compare policies over replications, each with the first."""
    if options.fail_if:
        holding(options.fail_if, _pairs_of_nothing(scenario, options.policies, options.fair_starts or 0))
    with eventually(options.workers) as executor:
        sides, sample = sides_of(options, scenario.policy_), options.fair_starts or 0
        found = compare(sides, scenario, n=options.replications, fair_starts=sample, executor=executor)
        _run_all(list(found.runs.values()), not (options.json or options.markdown))
        policies = {name: policy.as_dict() for name, policy in found.policies.items()}
        figures = found.as_dict() | {"policies": policies, "warnings": list(warnings)}
    failed = holding(options.fail_if, figures)
    if options.json:
        print_json(figures)
        return status_of_holding(failed)
    _print_pairs(found, scenario, Paper(as_markdown=options.markdown))
    return status_of_holding(failed)


def _print_pairs(found: Comparison, scenario: Scenario, out: Paper) -> None:
    words = Words()
    told = " · ".join(map(visible, texts_of(found.policies)))
    out.line(f"{visible(scenario.name)} · policies {told}")
    out.line(found.text())
    out.gap()
    out.table(pairs(words, found.table))
    out.gap()
    every = zip(texts_of(found.policies), found.fairness().values(), found.fragmentation().values(), strict=True)
    out.table(fairness(words, [({"policy": visible(text)}, fair, lost) for text, fair, lost in every]))
    shared = found.sharing()
    if any(shared.values()):
        out.gap()
        out.table(sharing_views.sides(words, list(zip(texts_of(found.policies), shared.values(), strict=True))))
    for row in found.table.filter(found.table["reason"] != "").iter_rows(named=True):
        out.line(f"not tested: {row['platform']}, {row['other']}: {row['reason']}")


def _pairs_of_nothing(scenario: Scenario, policies: Sequence[str], sample: int) -> dict[str, Any]:
    """Return what every comparison of policies has, without figures: conditions are tried on it first."""
    empty = [
        task_of(without_jobs(scenario), name)._replace(sample=sample, fragments=True, shares=True) for name in policies
    ]
    runs = {name: Replications(task, 1) for name, task in zip(policies, empty, strict=True)}
    return Comparison(runs).as_dict() | {"warnings": []}


def _run_all(sides: Sequence[Replications], show: bool) -> None:
    """Run all replications, with progress on standard error."""
    with progress("replications", show, sum(map(len, sides))) as move:
        for side in sides:
            for _ in side:
                move(advance=1)


def _print(runs: Replications, judged: Sequence[Assessment], figures: Mapping[str, Any]) -> None:
    out, words = console(), Words()
    scale = "" if figures["demand"] == 1 else f" · demand x {figures['demand']:g}"
    size = size_text(figures["nodes"], figures["accelerators"])
    told = visible(runs.task.policy.text)
    out.print(f"  {figures['scenario']} · {size}{scale} · seed {figures['seed']} · policy {told}")
    out.print(f"  {len(runs)} replications: {runs.text()}\n")
    print_view(out, replicated(words, figures))
    parts = [*figures["platforms"].values(), figures["center"]]
    if any(part["wait_s"][f"{key}_low"] is None for part in parts for key in PERCENTILES):
        out.print("  (?): no interval, as too little is known; --json gives the reason of each")
    if judged:
        columns = ("platform", "verdict", "what", "limit", "value", "within", "needed")
        caption = "targets (each limit with 95 % certainty, for all together)"
        out.print()
        print_view(out, assessments(words, judged, columns, caption=caption))
    for one in judged:
        if one.verdict == "undecided":
            out.print(f"  undecided: {one.platform}, {one.target.said(words)}: {one.reason}")
