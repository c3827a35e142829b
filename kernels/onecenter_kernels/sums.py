"""Sums of what is free by node type: they rule out at once most jobs that backfill cannot start."""

from .asks import ask_at
from .bits import next_in
from .codes import RANDOM
from .jit import njit
from .levels import last_level, nodes_in
from .room import DEVICE
from .shapes import shape_of
from .state import NOW, VIEW


@njit
def emptiest(s, row):
    """Return the most that is left now (1/1000) of a broken device of a node type."""
    most = 0
    i = next_in(s, 0, row.broken, row.width, 0)
    while i >= 0:
        most = max(most, s.hosts[row.first + i].part)
        i = next_in(s, 0, row.broken, row.width, i + 1)
    return most


@njit
def sum_up(s, layer):
    """Note for each node type of now or the view, which the index of now holds meanwhile, what may start there."""
    for kind in range(s.types.shape[1]):
        row, sums = s.types[NOW, kind], s.types[layer, kind]
        top = row.accelerators
        sums.most = min(last_level(s, NOW, row, top + 1), top)
        sums.total = row.total
        sums.idle = nodes_in(s, NOW, row, top) + nodes_in(s, NOW, row, top + 1)
        sums.part = 0
        if s.clock[0].fractions:
            sums.part = DEVICE if sums.most > 0 else emptiest(s, row)


@njit
def may_start(s, layer, a):
    """Tell whether the sums of a layer (now or the view) leave open that an allowed node type holds ask a."""
    ask, types = ask_at(s, a), s.asks[a].types
    while types > 0:
        kind = (types & 15) - 1
        sums = s.types[layer, kind]
        idle = sums.idle if ask.whole > 0 and ask.whole == s.types[NOW, kind].accelerators else ask.tasks
        if (
            ask.whole <= sums.most
            and ask.whole * ask.tasks <= sums.total
            and ask.part <= sums.part
            and ask.tasks <= idle
        ):
            return True
        types >>= 4
    return False


@njit
def may_start_now(s, a):
    """Tell whether a job of ask a may start now; worked out once for its shape, until something starts."""
    clock, shape = s.clock[0], shape_of(s, a)
    bit = 1 << shape
    if shape == 0:
        return may_start(s, NOW, a)
    if not clock.tested & bit:
        clock.tested |= bit
        if may_start(s, NOW, a):
            clock.able |= bit
    return clock.able & bit != 0


@njit
def may_start_in_view(s, a):
    """Tell whether a job of ask a may start in the view, whose sums are up to date; worked out once as well."""
    clock, shape = s.clock[0], shape_of(s, a)
    bit = 1 << shape
    if shape == 0:
        return may_start(s, VIEW, a)
    if not clock.tested_view & bit:
        clock.tested_view |= bit
        if may_start(s, VIEW, a):
            clock.able_view |= bit
    return clock.able_view & bit != 0


@njit
def depends_on_job(s, a):
    """Tell whether of two jobs of ask a only one may fit: gangs of parts, placed by a rule that scores nodes."""
    ask = ask_at(s, a)
    return s.clock[0].placement >= RANDOM and ask.part > 0 and ask.tasks > 1


@njit
def cannot_start(s, a, long):
    """Note that no job of ask a can start now or, if long, in the view, until something starts."""
    clock = s.clock[0]
    if depends_on_job(s, a):
        return
    shape = s.asks[a].form  # nobody asks for the bit of shape 0
    if long:
        clock.able_view &= ~(1 << shape)
    else:
        clock.able &= ~(1 << shape)


@njit
def test_again(s):
    """Note that something has started: nothing is known of what may start."""
    clock = s.clock[0]
    clock.tested = 0
    clock.able = 0
    clock.tested_view = 0
    clock.able_view = 0
    clock.summed = 0
    sum_up(s, NOW)


@njit
def exhausted(s):
    """Tell whether nothing that asks any part of an accelerator can start now, and all jobs ask some."""
    if s.clock[0].cpu_only:
        return False
    for kind in range(s.types.shape[1]):
        if s.types[NOW, kind].total > 0 or s.types[NOW, kind].part > 0:
            return False
    return True
