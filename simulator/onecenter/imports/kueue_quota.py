"""Quotas of ClusterQueues and Cohorts, of one resource: the accelerators."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.kueue_objects import Objects
from onecenter.imports.scalars import name_of, quantity
from onecenter.scenario.quantities import thousandths_text

#: Extended resources that are accelerators, such as nvidia.com/gpu and huawei.com/Ascend910.
_DEVICE: Final = re.compile(r".+/.*(gpu|npu|ascend|accelerator|tpu|mlu|dcu|gaudi|neuron)", re.IGNORECASE)


class Amounts(NamedTuple):
    """Of one flavor, in thousandths of an accelerator; None: nothing is said."""

    nominal: int
    borrowing_limit: int | None
    lending_limit: int | None
    at: Field


def accelerators_of(objects: Objects, given: str | None, notes: Notes) -> dict[str, str]:
    """Return by flavor which of its resources is counted as accelerators; flavors with none are not there.

    Flavors are in the order in which queues list them.
    """
    offered: dict[str, list[str]] = {}
    for flavor, resource in _resources([*objects.of["ClusterQueue"].values(), *objects.of["Cohort"].values()]):
        offered.setdefault(flavor, []).append(resource)
    if given is not None:
        return {flavor: given for flavor, names in offered.items() if given in names}
    devices = {flavor: [name for name in names if _DEVICE.match(name)] for flavor, names in offered.items()}
    if any(devices.values()):
        return {flavor: names[0] for flavor, names in devices.items() if names}
    if any("cpu" in names for names in offered.values()):
        notes.assumed.append("no quota is of a device: cpus are counted as accelerators")
    return {flavor: "cpu" for flavor, names in offered.items() if "cpu" in names}


def _resources(holders: Iterable[Field]) -> Iterator[tuple[str, str]]:
    for holder in holders:
        for group in holder.entries("spec", "resourceGroups"):
            for flavor in group.entries("flavors"):
                for resource in flavor.entries("resources"):
                    yield name_of(flavor.text("name")), resource.text("name")


def quota_of(holder: Field, accelerators: Mapping[str, str], notes: Notes) -> dict[str, Amounts]:
    """Return the quota of a ClusterQueue or Cohort by flavor, in its order."""
    found: dict[str, Amounts] = {}
    for group in holder.entries("spec", "resourceGroups"):
        for flavor in group.entries("flavors"):
            name = name_of(flavor.text("name"))
            for resource in flavor.entries("resources"):
                if resource.text("name") != accelerators.get(name):
                    continue
                group.take("coveredResources")
                flavor.take("name")
                if resource.take("name") is not None and name in found:
                    notes.wrong(resource, "a flavor stands once in a queue")
                found[name] = _amounts(resource, notes)
    return found


def _amounts(resource: Field, notes: Notes) -> Amounts:
    amounts = [quantity(resource.at(key), notes) for key in ("nominalQuota", "borrowingLimit", "lendingLimit")]
    return Amounts(amounts[0] or 0, amounts[1], amounts[2], resource)


def leave_out_limits(quota: Mapping[str, Amounts], notes: Notes) -> None:
    """Note the limits of who has nobody to borrow from or to lend to."""
    for each in quota.values():
        for key in ("borrowingLimit", "lendingLimit"):
            at = each.at.at(key)
            if at is not None:
                notes.leave_out(at, "without a cohort above it nothing is borrowed or lent")


def check_lending(quota: Mapping[str, Amounts], notes: Notes) -> None:
    """A queue lends no more than it has; a cohort may be allowed to."""
    for each in quota.values():
        at = each.at.at("lendingLimit")
        if at is not None and each.lending_limit is not None and each.lending_limit > each.nominal:
            notes.wrong(at, f"at most nominalQuota, {thousandths_text(each.nominal)}, is expected")
