"""Choices of victims for tests: what the kernels take, made from rows that are easy to write."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from onecenter_kernels.codes import CLAIMS, PREEMPTION_POLICIES, VICTIM_RULES
from onecenter_kernels.preempting import choose_victims
from onecenter_kernels.quota import derive_quotas
from onecenter_kernels.quota_fields import CANDIDATE, PREEMPTOR, QUOTA, TREE
from onecenter_kernels.schema import dtype_of
from onecenter_kernels.state import Array, table
from oracle_victims import Ask, Job, Node


class Preempting(NamedTuple):
    """As much of the state as the choice of victims reads."""

    tree: Array
    quotas: Array
    candidates: Array
    preemptor: Array


def tree_of(nodes: Sequence[Node]) -> Array:
    """Return the rows of a tree."""
    tree = table(len(nodes), dtype_of(TREE))
    for n, node in enumerate(nodes):
        row = tree[n]
        row["parent"], row["platform"], row["weight"] = node.parent, n if node.platform else -1, node.weight
        row["within"], row["reclaim"] = map(PREEMPTION_POLICIES.index, (node.within, node.reclaim))
        row["while_borrowing"], row["threshold"] = node.while_borrowing, node.threshold
    return tree


def quotas_of(nodes: Sequence[Node], running: Sequence[Job]) -> Array:
    """Return the quotas by node type, with what the running jobs use."""
    quotas = table((len(nodes[0].nominal), len(nodes)), dtype_of(QUOTA))
    for n, node in enumerate(nodes):
        quotas["nominal"][:, n], quotas["borrowing"][:, n] = node.nominal, node.borrowing
        quotas["lending"][:, n] = node.lending
    for job in running:
        quotas["usage"][job.kind, job.node] += job.amount
    return quotas


def state_of(nodes: Sequence[Node], running: Sequence[Job], ask: Ask) -> Preempting:
    """Return the state in which a job asks for room; ties go by name."""
    names = sorted(job.name for job in running)
    mine = [job for job in running if job.kind == ask.kind]
    s = Preempting(
        tree_of(nodes), quotas_of(nodes, running), table(max(len(mine), 1), dtype_of(CANDIDATE)),
        table(1, dtype_of(PREEMPTOR)),
    )  # fmt: skip
    for kind in range(len(s.quotas)):
        derive_quotas(s, kind)
    for row, job in zip(s.candidates, mine, strict=False):
        row["job"], row["node"], row["amount"] = names.index(job.name), job.node, job.amount
        for name in ("priority", "since", "admitted", "evicted", "tenant"):
            row[name] = getattr(job, name)
    asks = s.preemptor[0]
    for name in ("node", "amount", "priority", "kind", "since"):
        asks[name] = getattr(ask, name)
    asks["rule"], asks["candidates"] = VICTIM_RULES.index(ask.rule), len(mine)
    return s


def chosen(nodes: Sequence[Node], running: Sequence[Job], ask: Ask) -> dict[str, str]:
    """Return the victims by name, each with the right by which it is evicted."""
    s = state_of(nodes, running, ask)
    before = s.quotas["usage"].copy()
    names = sorted(job.name for job in running)
    found = s.candidates[s.candidates["victim"][: choose_victims(s)]]
    assert np.array_equal(s.quotas["usage"], before)
    return {names[job]: CLAIMS[claim] for job, claim in zip(found["job"], found["claim"], strict=True)}


def amounts(given: Any, types: Sequence[str], missing: int) -> list[int]:
    """Return amounts by node type, in thousandths, of numbers by type, or of a number where there is one type."""
    by_type: Mapping[str, float] = given if isinstance(given, dict) else dict.fromkeys(types, given)
    return [missing if by_type.get(name) is None else round(1000 * by_type[name]) for name in types]
