"""Slurm's values: times, and numbers of trackable resources."""

import re
from typing import Final

from onecenter import units
from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.scalars import text

_NONE: Final = ("", "unlimited", "infinite", "-1", "none")
_TIME: Final = re.compile(r"(?:(\d{1,6})-)?(\d{1,9})(?::(\d{1,2}))?(?::(\d{1,2}))?", re.ASCII)
_GPUS: Final = re.compile(r"gres/gpu(?::[\w.-]+)?=(\d{1,9})", re.ASCII)


def time(at: Field | None, notes: Notes) -> int | None:
    """Return a time in ms: minutes, m:s, h:m:s, d-h, d-h:m or d-h:m:s; None where there is no limit."""
    if at is None or text(at, notes).lower() in _NONE:
        return None
    match = _TIME.fullmatch(str(at.value))
    if match is None:
        notes.wrong(at, "a time such as 90, 12:00:00 or 2-00:00:00, or UNLIMITED, is expected")
        return None
    days, *parts = match.groups()
    numbers = [int(each) for each in parts if each is not None]
    if days is not None:
        hours, minutes, seconds = [*numbers, 0, 0][:3]
    else:
        hours, minutes, seconds = numbers if len(numbers) == 3 else (0, *[*numbers, 0][:2])
    return int(days or 0) * units.MS["d"] + hours * units.MS["h"] + minutes * units.MS["min"] + seconds * units.MS["s"]


def count(at: Field | None, notes: Notes) -> int | None:
    """Return a whole number; None where there is no limit."""
    if at is None or text(at, notes).lower() in _NONE:
        return None
    if not str(at.value).isdecimal() or len(str(at.value)) > 9:
        notes.wrong(at, "a whole number is expected")
        return None
    return int(str(at.value))


def gpus(at: Field | None, notes: Notes) -> int | None:
    """Return how many GPUs a list such as cpu=64,gres/gpu=8 names; what else it names is not modelled."""
    if at is None or not at.value:
        return None
    found = None
    others = []
    for part in text(at, notes).split(","):
        match = _GPUS.fullmatch(part.strip())
        if match is not None and (found is None or ":" not in part):
            found = int(match[1])
        elif match is None:
            others.append(part.strip())
    if others:
        notes.leave_out(Field(",".join(others), at.place, at.path, quoted=True), "only gres/gpu is limited")
    return found
