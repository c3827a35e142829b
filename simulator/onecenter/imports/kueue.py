"""Kueue's ClusterQueues, Cohorts and flavors as a scenario."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onecenter.imports.answer import Imported, Notes
from onecenter.imports.fields import Field
from onecenter.imports.kueue_cohorts import cohort_of, parents_of
from onecenter.imports.kueue_load import load_test, policy_of
from onecenter.imports.kueue_nodes import node_types
from onecenter.imports.kueue_objects import Objects
from onecenter.imports.kueue_preemption import preemption_of, weight_of
from onecenter.imports.kueue_quota import Amounts, accelerators_of, check_lending, leave_out_limits, quota_of
from onecenter.imports.kueue_users import users
from onecenter.imports.scalars import one_of
from onecenter.imports.yaml_files import documents
from onecenter.scenario.quantities import thousandths_text

SOURCE: Final = "scenario from-kueue"


def from_kueue(
    files: Sequence[str], nodes: Mapping[str, tuple[int, int]] | None = None, resource: str | None = None
) -> Imported:
    """Return the scenario of some YAML files.

    Parameters
    ----------
    files : sequence of str
        Each may hold several documents.
    nodes : mapping of str to (int, int), optional
        Nodes of a flavor, and accelerators of each; default one node of all its quota.
    resource : str, optional
        The resource that is counted as accelerators; default what looks like a GPU or NPU, else cpus.
    """
    notes = Notes()
    objects = Objects([each for path in files for each in documents(path)], notes)
    if objects.load_tests:
        return notes.answer(SOURCE, load_test(objects, notes))
    accelerators = accelerators_of(objects, resource, notes)
    flavors = _flavors(objects, accelerators, notes)
    queues, cohorts = (_quotas(objects.of[kind], accelerators, notes) for kind in ("ClusterQueue", "Cohort"))
    members = {name: cohort_of(each, notes) for name, each in objects.of["ClusterQueue"].items()}
    parents = parents_of(objects, members, notes)
    center: dict[str, Any] = {"nodes": node_types(flavors, [*queues.values(), *cohorts.values()], nodes or {}, notes)}
    if parents:
        center["cohorts"] = {
            name: _cohort(parent, cohorts.get(name, {}), flavors, notes) for name, parent in parents.items()
        }
        for name, each in objects.of["Cohort"].items():
            center["cohorts"][name] |= weight_of(each, notes)
    platforms = {
        name: _platform(each, queues[name], members[name], flavors, notes)
        for name, each in objects.of["ClusterQueue"].items()
    }
    policy = policy_of(platforms) | _way(list(objects.of["ClusterQueue"].values()), notes)
    users(objects, notes)
    _fill_in(platforms, [*queues.values(), *cohorts.values()], notes)
    for each in objects.all():
        notes.leave_out_rest(each)
    return notes.answer(SOURCE, {"center": center, "platforms": platforms, "policy": policy})


def _quotas(
    holders: Mapping[str, Field], accelerators: Mapping[str, str], notes: Notes
) -> dict[str, dict[str, Amounts]]:
    return {name: quota_of(each, accelerators, notes) for name, each in holders.items()}


def _fill_in(platforms: dict[str, Any], quotas: Sequence[Mapping[str, Amounts]], notes: Notes) -> None:
    """Say what the files lack, and what it means here."""
    if not platforms:
        platforms["default"] = {}
        notes.assumed.append("there is no ClusterQueue: one platform, default, may use all")
    elif not any(amounts.nominal for quota in quotas for amounts in quota.values()):
        notes.assumed.append("nothing has a quota: nobody is asked for one, where Kueue would admit nothing")
    notes.to_add.append("demand: platforms.NAME.demand, or run a log on this center with replay --center")


def _flavors(objects: Objects, accelerators: Mapping[str, str], notes: Notes) -> list[str]:
    """Return the flavors that become node types."""
    there = objects.of["ResourceFlavor"]
    found = list(accelerators) or list(there) or ["default"]
    for name, each in there.items():
        at = each.take("metadata", "name")
        if name not in found and at is not None:
            notes.leave_out(at, "no queue has accelerators of it")
    return found


def _platform(
    queue: Field, quota: Mapping[str, Amounts], cohort: str, flavors: Sequence[str], notes: Notes
) -> dict[str, Any]:
    check_lending(quota, notes)
    if not cohort:
        leave_out_limits(quota, notes)
    shut = [name for name in flavors if not cohort or name not in quota]
    found: dict[str, Any] = {"cohort": cohort} if cohort else {}
    found["quota"] = _quota(quota, dict.fromkeys(shut, 0), {} if cohort else dict.fromkeys(flavors, 0))
    strategy = one_of(queue.at("spec", "queueingStrategy"), ("BestEffortFIFO", "StrictFIFO"), notes)
    if strategy == "StrictFIFO":
        found["queueing"] = "strict"
    evicts = queue.at("spec", "preemption")
    if evicts is not None and (given := preemption_of(evicts, notes)):
        found["preemption"] = given
    found |= weight_of(queue, notes)
    for key, plain in (("namespaceSelector", {}), ("stopPolicy", "None")):
        at = queue.at("spec", key)
        if at is not None and at.plain() == plain:
            at.read = True
    return found


def _cohort(parent: str, own: Mapping[str, Amounts], flavors: Sequence[str], notes: Notes) -> dict[str, Any]:
    shut = {} if parent else dict.fromkeys(flavors, 0)
    if not parent:
        leave_out_limits(own, notes)
    quota = _quota(own, shut, shut)
    return ({"parent": parent} if parent else {}) | ({"quota": quota} if quota else {})


def _quota(own: Mapping[str, Amounts], borrowing: dict[str, int], lending: dict[str, int]) -> dict[str, Any]:
    """Return the table of a quota; the limits that are given go before its own."""
    limits = {name: each.borrowing_limit for name, each in own.items() if each.borrowing_limit is not None}
    lent = {name: each.lending_limit for name, each in own.items() if each.lending_limit is not None}
    parts = {
        "nominal": {name: each.nominal for name, each in own.items()},
        "borrowing_limit": limits | borrowing,
        "lending_limit": lent | lending,
    }
    return {key: {name: thousandths_text(each) for name, each in part.items()} for key, part in parts.items() if part}


def _way(queues: Sequence[Field], notes: Notes) -> dict[str, str]:
    """Return in which order node types are tried: the center has one for all queues."""
    ways = ("MayStopSearch", "Borrow", "TryNextFlavor")
    fields = [queue.at("spec", "flavorFungibility", "whenCanBorrow") for queue in queues]
    found = [one_of(each, ways, notes) == "TryNextFlavor" for each in fields]
    for at in fields:
        if at is not None and len(set(found)) > 1:
            notes.leave_out(at, "queues differ in it; policy.flavors is one for all")
    return {"flavors": "next-before-borrowing"} if found and all(found) else {}
