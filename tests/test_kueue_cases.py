"""Whom a job evicts: the cases of Kueue's own tests, as far as they ask for one resource."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from onecenter_kernels.codes import PREEMPTION_POLICIES
from oracle_victims import Ask, Job, Node
from victim_cases import amounts, chosen

pytestmark = pytest.mark.equality

FOLDER = Path(__file__).parent / "data" / "kueue"
FILES = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}
CASES = [(name, case) for name, file in FILES.items() for case in file["case"]]

POLICIES = dict(zip(("never", "lower", "lower-or-newer", "any"), PREEMPTION_POLICIES, strict=True))

#: Kueue's reason by the right that a victim is evicted by, where it is not the same.
REASONS = {"advantage": "reclaimed", "nominal": "reclaimed"}

#: Some cases have two node types, most have one, which has no name.
TYPES = {"": ["default"], "premium": ["premium", "cheap"]}


def node_of(given: dict[str, Any], names: list[str], types: list[str], platform: bool) -> Node:
    """Return a node of a tree."""
    limit = given.get("while_borrowing")
    return Node(
        names.index(given["in"]) if "in" in given else -1,
        amounts(given.get("nominal"), types, 0),
        amounts(given.get("borrowing"), types, -1),
        amounts(given.get("lending"), types, -1),
        platform,
        weight=round(1000 * given.get("weight", 1)),
        within=POLICIES[given.get("within", "never")],
        reclaim=POLICIES[given.get("reclaim", "never")],
        while_borrowing=limit is not None,
        threshold=2**62 if limit is None else limit,
    )


def job_of(row: list[Any], names: list[str], types: list[str]) -> Job:
    """Return a running job."""
    name, where, size, priority, more = (*row, {})[:5]
    return Job(
        name,
        names.index(where),
        round(1000 * size),
        priority,
        types.index(more.get("type", types[0])),
        since=1000 * more.get("since", 0),
        admitted=1000 * more.get("started", 0),
        evicted=more.get("evicted", False),
    )


def solve(file: str, case: dict[str, Any]) -> dict[str, str]:
    """Return the victims of a case with Kueue's reasons."""
    tree = FILES[file]["trees"][case["tree"]] if "tree" in case else case
    where, size, priority, more = (*case["asks"], {})[:4]
    types = TYPES[more.get("type", "")]
    names = [node["name"] for node in tree["cohorts"] + tree["platforms"]]
    nodes = [node_of(node, names, types, False) for node in tree["cohorts"]]
    nodes += [node_of(node, names, types, True) for node in tree["platforms"]]
    rule = case.get("rule", "final-then-initial-share" if file == "fair" else "classical")
    since = 1000 * more.get("since", 0)
    ask = Ask(names.index(where), round(1000 * size), priority, types.index(more.get("type", types[0])), since, rule)
    found = chosen(nodes, [job_of(row, names, types) for row in case["running"]], ask)
    return {name: REASONS.get(claim, claim) for name, claim in found.items()}


@pytest.mark.parametrize(("file", "case"), CASES, ids=[case["name"] for _, case in CASES])
def test_a_case_of_kueue(file: str, case: dict[str, Any]) -> None:
    assert solve(file, case) == case["victims"]


def test_all_cases_of_kueue_are_there_or_told_why_not() -> None:
    counts = {name: (len(file["case"]), len(file.get("left_out", []))) for name, file in FILES.items()}
    assert counts == {"flat": (29, 7), "fair": (35, 0), "hierarchical": (14, 1)}
    assert {case["reason"] for file in FILES.values() for case in file.get("left_out", [])} == {
        "several pod sets",
        "two resources",
    }
