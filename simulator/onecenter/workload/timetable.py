"""Weekly classes: every seat that is taken sends one job when its class starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from onecenter.units import MS
from onecenter.workload.draws import Bools, Draws, Ints, Jobs, normal

#: Indices of draws that a class keeps for its seats, used or not.
STRIDE = 2**20


@dataclass(frozen=True)
class Meeting:
    """One class on one day."""

    # Minute of its start, on the local clock, since the Monday before the scenario's start. It numbers the draws, so
    # another slot in the timetable changes no draw of this one.
    number: int
    start: int  # ms since the scenario's start


def meetings(start: datetime, horizon: int, slots: Sequence[int]) -> list[Meeting]:
    """Return the classes that start in [0, horizon), in order; slots are ms since Monday 00:00, local time."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    monday = midnight - timedelta(days=start.weekday())
    found = []
    # One week more than the horizon has: a scenario may start late in its first.
    for week in range(horizon // MS["w"] + 2):
        for slot in sorted(set(slots)):
            since_monday = week * MS["w"] + slot
            local = (monday + timedelta(milliseconds=since_monday)).replace(tzinfo=start.tzinfo)
            begin = -((start.astimezone(UTC) - local.astimezone(UTC)) // timedelta(milliseconds=1))
            if 0 <= begin < horizon:
                found.append(Meeting(since_monday // MS["min"], begin))
    return found


def timetable_arrivals(
    draws: Draws, classes: Sequence[Meeting], seats: float, attendance: float, jitter: int, horizon: int
) -> tuple[Ints, Jobs]:
    """Return the submits (ms, rounded up, before the horizon) of all seats taken, and their indices.

    Seat s of a class uses index number * STRIDE + s, so roster and scale change no other seat's draws. `seats` is
    roster times scale; a last fraction of a seat is taken that much more rarely. `attendance` is the share of the
    classes to which a seat is taken. A submit comes |z| jitters (ms) after the start, z standard normal: two thirds of
    the seats within one jitter, 95 % within two.
    """
    count = int(np.ceil(seats))
    jobs = Jobs(tuple((meeting.number * STRIDE, count) for meeting in classes))
    uniforms = draws.of(jobs)
    starts = np.repeat(np.array([meeting.start for meeting in classes], dtype=np.int64), count)
    late = np.ceil(np.abs(normal(uniforms("jitter"))) * jitter).astype(np.int64)
    submits = starts + late
    here: Bools = np.tile(attendance * np.clip(seats - np.arange(count), 0.0, 1.0), len(classes)) > uniforms(
        "attendance"
    )
    here &= submits < horizon
    return submits[here], jobs.where(here)
