"""Slurm's scheduling and priority parameters as a policy."""

import re
from typing import Any, Final

from onecenter import units
from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.scalars import one_of, text, whole
from onecenter.imports.slurm_values import time
from onecenter.policies import FACTOR_WEIGHT

_WEIGHTS: Final = {"age": "PriorityWeightAge", "fairshare": "PriorityWeightFairshare", "size": "PriorityWeightJobSize"}
_TRES: Final = {"cpu": "cpus", "mem": "memory", "gres/gpu": "accelerators"}
_DEPTHS: Final = {"default_queue_depth": "depth", "bf_max_job_test": "backfill_depth"}
_NUMBER: Final = re.compile(r"[\w/]+=(\d{1,10})", re.ASCII)


def policy_of(settings: dict[str, Field], notes: Notes) -> dict[str, Any]:
    """Return the table of the policy."""
    kind = one_of(settings.get("schedulertype"), ("sched/backfill", "sched/builtin"), notes)
    found: dict[str, Any] = {"backfill": "conservative" if kind == "sched/backfill" else "none"}
    if kind == "sched/backfill":
        found |= _parameters(settings.get("schedulerparameters"), notes)
    order = one_of(settings.get("prioritytype"), ("priority/multifactor", "priority/basic"), notes)
    if order == "priority/multifactor":
        found |= _multifactor(settings, notes)
    return found


def _parameters(at: Field | None, notes: Notes) -> dict[str, Any]:
    """Return the depths and the number of reservations; all other parameters are not modelled."""
    found: dict[str, Any] = {}
    for part in filter(None, text(at, notes).split(",")):
        assert at is not None
        name, one = part.partition("=")[0].strip(), Field(part.strip(), at.place, at.path, quoted=True)
        number = _NUMBER.fullmatch(part.strip())
        if name in (*_DEPTHS, "bf_job_part_count_reserve") and number is None:
            notes.wrong(one, f"{name}= and a whole number is expected")
        elif name in _DEPTHS and number is not None:
            found[_DEPTHS[name]] = int(number[1])
        elif name == "bf_job_part_count_reserve" and number is not None and int(number[1]) > 0:
            found |= {"backfill": "easy", "reservations": int(number[1])}
        else:
            notes.leave_out(one)
    return found


def _multifactor(settings: dict[str, Field], notes: Notes) -> dict[str, Any]:
    order: dict[str, Any] = {"kind": "multifactor"}
    for name, key in _WEIGHTS.items():
        order[name] = whole(settings.get(key.lower()), notes, 0, int(FACTOR_WEIGHT.high))
    order |= _tres(settings.get("priorityweighttres"), notes)
    if not any(each for name, each in order.items() if name != "kind"):
        notes.assumed.append("no priority weight is above 0 that is modelled: the order is fifo")
        return {}
    flags = text(settings.get("priorityflags"), notes).upper().split(",")
    order["fair_share"] = "classic" if "NO_FAIR_TREE" in flags else "tree"
    for flag in flags:
        if flag and flag not in ("NO_FAIR_TREE", "FAIR_TREE"):
            at = settings["priorityflags"]
            notes.leave_out(Field(flag, at.place, at.path, quoted=True))
    for name, key in (("half_life", "prioritydecayhalflife"), ("calc_period", "prioritycalcperiod")):
        given = time(settings.get(key), notes)
        if given is not None:
            order[name] = units.duration_text(given)
    order["favor_small"] = text(settings.get("priorityfavorsmall"), notes).lower() == "yes"
    most = time(settings.get("prioritymaxage"), notes)
    return {"order": order} | ({"max_age": units.duration_text(most)} if most is not None else {})


def _tres(at: Field | None, notes: Notes) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in filter(None, text(at, notes).split(",")):
        assert at is not None
        name, number = part.partition("=")[0].strip().lower(), _NUMBER.fullmatch(part.strip())
        one = Field(part.strip(), at.place, at.path, quoted=True)
        if number is None:
            notes.wrong(one, "weights such as cpu=1000,gres/gpu=2000 are expected")
        elif name in _TRES:
            found[_TRES[name]] = int(number[1])
        else:
            notes.leave_out(one)
    return found
