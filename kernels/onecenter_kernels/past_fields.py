"""The fields of what orders remember of who ran what: each declared once with name, dtype, unit and meaning."""

from typing import Final

from .schema import Field

USER_INPUT: Final[tuple[Field, ...]] = (
    ("platform", "i8", "code", "platform"),
    ("tenant", "i8", "code", "tenant within the platform"),
)

#: Multifactor: one row per tenant. Usage is in thousandths of an accelerator times ms.
USER: Final[tuple[Field, ...]] = (
    *USER_INPUT,
    ("shares", "i8", "1", "shares among the tenants of the platform"),
    ("joined", "i8", "0/1", "it has submitted a job"),
    ("usage", "i8", "usage", "decayed, at the last multiple of the period before `since`"),
    ("part", "i8", "usage", "what it has used from then to `since`"),
    ("since", "i8", "ms", "up to when its usage is counted"),
    ("charge", "i8", "1/1000", "accelerators that it holds since then"),
    ("level", "f8", "1", "its share over its usage, both among the tenants of the platform"),
    ("factor", "f8", "1", "its fairshare factor"),
    ("changed", "i8", "0/1", "it has another one than before"),
    ("ranked", "i8", "index", "the user in this place of the ranking, in users"),
)

#: Multifactor: by platform.
ACCOUNT: Final[tuple[Field, ...]] = (
    ("shares", "i8", "1", "shares among the platforms"),
    ("users", "i8", "1", "its tenants that have submitted a job"),
    ("divided", "i8", "1", "the shares of those"),
    ("usage", "i8", "usage", "of all its tenants"),
    ("level", "f8", "1", "its share over its usage, both among the platforms"),
)

#: By job, where run times are estimated otherwise than by walltimes.
ESTIMATE: Final[tuple[Field, ...]] = (
    ("limit", "i8", "ms", "what was asked; over it the job is killed"),
    ("first", "i8", "ms", "the estimate at its start"),
)

HABIT_INPUT: Final[tuple[Field, ...]] = (*USER_INPUT, ("gang", "i8", "1/1000", "accelerators of the job; -1: any"))

#: Where run times are predicted: one row per tenant and size of job.
HABIT: Final[tuple[Field, ...]] = (
    *HABIT_INPUT,
    ("overall", "i8", "index", "the row of its tenant and any size"),
    ("ended", "i8", "1", "such jobs that have ended"),
)

#: By (habit, place): the last jobs that have ended, in turn.
RECENT: Final[tuple[Field, ...]] = (("run", "i8", "ms", "how long the job ran"),)
