"""Which of a log's jobs the figures of a replay are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from onecenter.checks import PART, Check, Whole, optional, settle
from onecenter.errors import TraceError
from onecenter.units import MAX_DURATION, duration_text, format_duration, parse_duration

from .trace import Array


def duration(value: Any) -> int:
    """Return the milliseconds of text such as "28 d", or of a whole number of them."""
    if isinstance(value, str):
        return parse_duration(value)
    try:
        return Whole(0, MAX_DURATION)(value)
    except ValueError as error:
        raise ValueError(f'{error}: text such as "28 d", or milliseconds') from None


CHECKS: Final[Mapping[str, Check]] = {"warmup": duration, "horizon": optional(duration), "skip_first": PART}


@dataclass(frozen=True)
class LogWindow:
    """Where the figures begin and end, counted from the first submit that is used (ms; text such as "7 d" is read)."""

    warmup: int = 0
    horizon: int | None = None  # None: they go on until the last end
    skip_first: float = 0.0  # share (0 to below 1) of the jobs, in order of submission, that only warm up

    def __post_init__(self) -> None:
        """Check the values, text or number; a TraceError has all mistakes."""
        settle(self, "replay", CHECKS, TraceError)

    def as_dict(self) -> dict[str, Any]:
        """Return it in the words that it is read from."""
        horizon = None if self.horizon is None else duration_text(self.horizon)
        return {"warmup": duration_text(self.warmup), "horizon": horizon, "skip_first": self.skip_first}

    def bounds(self, source: str, submit: Array) -> tuple[int, int | None]:
        """Return where the figures begin and end by the log's own clock (ms); None: at the last end.

        `submit` holds the jobs that are used, rising. A window in which none is submitted is refused.
        """
        first = int(submit[0])
        # 29 % of 100 jobs are 29, which binary fractions put a little below it.
        skipped = int(submit[int(round(self.skip_first * len(submit), 6))])
        begin = max(first + self.warmup, skipped)
        end = None if self.horizon is None else first + self.horizon
        last = len(submit) if end is None else int(np.searchsorted(submit, end))
        if int(np.searchsorted(submit, begin)) >= last:
            span = format_duration(int(submit[-1]) - first)
            spans = f"the log spans {span} from its first submit to its last"
            raise TraceError(source, [f"{self._wrong(begin - first)}; {spans}"])
        return begin, end

    def _wrong(self, begin: int) -> str:
        """Return why no job is left, given where the figures begin (ms from the first submit)."""
        end = self.as_dict()["horizon"]
        start = f"warmup = {duration_text(self.warmup)}"
        if begin > self.warmup:
            start = f"skip_first = {100 * self.skip_first:g} %"
        if self.horizon is None:
            return f"{start}: no job is submitted from there on"
        if self.horizon == 0:
            return f"horizon = {end}: must be longer than 0"
        if begin >= self.horizon:
            return f"{start}: must end before the horizon of {end}"
        return f"{start}, horizon = {end}: no job is submitted between them"
