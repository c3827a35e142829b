"""What Python users import: the public names, each from one module, and what each call and result offers."""

import importlib
import inspect
import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest

import onecenter as oc
from onecenter.experiments.replications import Replications
from onecenter.results.figures import COUNTS

NAMES = [
    "Center", "Limits", "Outlook", "Plan", "Policy", "Result", "Scenario", "Scheduler", "Sensitivity", "Sweep",
    "Tuning", "View", "compare", "compare_log", "diff", "export", "load", "outlook", "plan", "replay", "replicate",
    "run", "sensitivity", "suite", "sweep", "tune",
]  # fmt: skip


def test_these_names_are_public() -> None:
    assert oc.__all__ == NAMES
    assert set(NAMES) <= set(dir(oc))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_what_its_home_has(name: str) -> None:
    home = next(home for home, names in oc._HOMES.items() if name in names.split())
    assert getattr(oc, name) is getattr(importlib.import_module(home), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_says_what_it_is(name: str) -> None:
    text = inspect.getdoc(getattr(oc, name))
    assert text
    assert text.splitlines()[0].endswith(".") or "\n\n" in text


def test_a_name_that_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'onecenter' has no attribute 'simulate'"):
        _ = oc.simulate  # type: ignore[attr-defined]


def test_nothing_is_imported_before_it_is_used() -> None:
    heavy = ("numpy", "polars", "pydantic", "matplotlib", "simpy", "numba", "scipy")
    code = f"import sys, onecenter; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


#: Names of arguments, those by keyword alone behind the star.
ARGUMENTS = {
    "load": "name_or_path set",
    "run": "scenario * seed policy placement estimate stride set show_progress",
    "replay": "trace * processors nodes center policy format horizon warmup skip_first preceding stride show_progress",
    "replicate": "scenario n * precision policy placement measurement executor",
    "suite": "part chosen * workloads executor moved",
    "compare": "sides scenario * n fair_starts executor",
    "compare_log": (
        "trace policies * windows loads fair_starts placement processors nodes center format horizon warmup skip_first "
        "executor"
    ),
    "diff": "a b",
    "export": "result path",
    "plan": "scenario vary * seed set demand policy placement periods limits replications executor on_look",
    "outlook": "scenario vary horizon * seed set demand policy placement executor replications on_look",
    "tune": (
        "vary * trace scenario policy objectives trials seed study against train windows processors nodes center"
        " format n executor on_trial"
    ),
    "sweep": "scenario vary n * policy placement design points out resume executor on_row",
    "sensitivity": "scenario vary figure * policy placement n executor",
}


def arguments_of(call: Any) -> str:
    """Return the names of a call's arguments."""
    found, star = [], False
    for name, parameter in inspect.signature(call).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            found.append("*")
            star = True
        found.append(name)
    return " ".join(found)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_what_a_call_takes(name: str) -> None:
    assert arguments_of(getattr(oc, name)) == ARGUMENTS[name]


TABLES = ("jobs", "segments", "nodes", "series", "log", "reasons", "job_reasons", "platforms", "capacity",
          "shares", "usage")  # fmt: skip

PLOTS = {"gantt", "queue", "shares", "utilisation", "waits"}


def test_the_tables_and_plots_of_a_result() -> None:
    result = oc.run("tiny")
    for name in TABLES:
        assert type(getattr(result, name)).__module__.startswith("polars"), name
        # Made once.
        assert getattr(result, name) is getattr(result, name)
    assert {name for name in dir(result.plot) if not name.startswith("_")} == PLOTS
    assert {"submitted", *COUNTS} <= set(result.platforms.columns)
    assert result.until >= result.window.horizon


def test_the_columns_of_the_tables() -> None:
    result = oc.run("tiny")
    assert result.log.columns == ["t", "round", "kind", "job", "node", "device", "amount", "reason"]
    assert result.segments.columns == [
        "job", "attempt", "node", "device", "amount", "start_ms", "end_ms", "outcome",
    ]  # fmt: skip
    assert result.nodes.columns == [
        "node", "type", "rack", "accelerators", "accelerator_hours", "utilisation", "cpu_hours", "starts",
    ]  # fmt: skip
    assert result.series.columns == [
        "t_ms", "platform", "waiting", "running", "accelerators_running", "accelerators_waiting",
    ]  # fmt: skip
    assert result.reasons.columns == ["platform", "reason", "wait_ms", "share"]
    assert result.jobs.columns[:4] == ["job", "platform", "stream", "tenant"]


def test_the_fields_of_what_is_given_in_and_out() -> None:
    assert [field.name for field in fields(oc.Policy)] == [
        "order", "backfill", "placement", "depth", "backfill_depth", "age_rate", "max_age", "reservations",
        "estimate", "backfill_order", "flavors", "preemption", "preempt_after", "victims",
        "queue", "fair_sharing", "usage_half_life",
        "time_slice", "thresholds",
    ]  # fmt: skip
    assert [field.name for field in fields(oc.Limits)] == ["budget", "power_cap", "racks", "minimise"]
    assert isinstance(oc.replicate("tiny", 1), Replications)
