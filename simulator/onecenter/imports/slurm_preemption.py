"""Slurm's preemption by partition as tiers of platforms."""

from collections.abc import Mapping
from typing import Any, Final

from onecenter import units
from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.scalars import whole
from onecenter.imports.slurm_values import time

_MODES: Final = ("cancel", "requeue")

#: Of a partition that says none, and the most that Slurm takes.
_USUAL, _MOST = 1, 65_533


def tiers(
    settings: Mapping[str, Field], partitions: Mapping[str, Field], policy: dict[str, Any], notes: Notes
) -> dict[str, int]:
    """Return the tiers of partitions, and let the policy follow them; none where no partition evicts another's jobs."""
    kind, mode = settings.get("preempttype"), settings.get("preemptmode")
    way = str(mode.value).lower() if mode is not None else ""
    if kind is None or str(kind.value).lower() != "preempt/partition_prio" or way not in _MODES or mode is None:
        return {}
    kind.read = mode.read = True
    policy["preemption"] = "tier"
    least = time(settings.get("preemptexempttime"), notes)
    if least is not None:
        policy["preempt_after"] = units.duration_text(least)
    if policy["backfill"] == "conservative" or policy.get("reservations", 1) > 1:
        policy |= {"backfill": "easy", "reservations": 1}
        notes.assumed.append("backfill is easy with one reservation: under another one nobody is evicted")
    if way == "cancel":
        notes.to_add.append("PreemptMode CANCEL: requeue = 0 of all streams")
    for name, line in partitions.items():
        grace = whole(line.at("gracetime"), notes, 0, 10_000_000)  # s, other than Slurm's other times
        if grace:
            notes.to_add.append(f'partition {name}: grace = "{grace} s" of the streams that use it')
    return {name: whole(line.at("prioritytier"), notes, 0, _MOST, _USUAL) for name, line in partitions.items()}
