"""The pass of a scheduler of the user's own: what it may do with a job, each time through the one door.

As under EASY with several reservations the book, or the profile, holds what runs; reservations are in it during the
pass only.
"""

from .admission import admits, types_to_reserve
from .asks import allows, ask_of, types_of
from .book import first_row_from, reserve, unreserve
from .codes import S_WAITING, T_CHANGE
from .conservative import reserve_earliest
from .door import start_reserved
from .fitting import pick_in_book
from .heap import push
from .jit import njit
from .picks import note, undo
from .profile import present, view_profile
from .promise import pick_earliest
from .queue import keep_waiting
from .reserving import start_for_walltime
from .room import node_holds, part_device, take_window, view_node
from .state import FOREVER, NOW, VIEW
from .sums import test_again

#: What a scheduler may do with a job, or with several; PREPARE does nothing.
PREPARE, START, START_ON, RESERVE, EARLIEST, WAKE, START_EACH = range(7)

#: Answers to START_ON below 0: there is no room on a node; the room is reserved, or the job has no quota.
BUSY, KEPT = -1, -2


@njit
def act(s, what, j, value):
    """Do something with waiting job j; return whether it started, or an instant (ms).

    `value` is of START_ON the number of nodes, which the first rows of `reserved` hold with their tasks; of WAKE an
    instant (ms); of START_EACH the number of jobs, which the first places of the queue hold as candidates.
    """
    t = s.clock[0].now
    if what == START:
        return int(start_if_it_fits(s, j, t))
    if what == START_EACH:
        return start_each(s, value, t)
    if what == START_ON:
        give_up(s, j)
        return start_on(s, j, value, t)
    if what == RESERVE:
        give_up(s, j)
        reserve_earliest(s, j, types_to_reserve(s, j), 0)
        return int(s.jobs[j].start)
    if what == EARLIEST:
        return earliest(s, j)
    if what == WAKE:
        push(s, value, T_CHANGE, 0, 0)
        s.clock[0].wake = value
    return 0


@njit
def give_up(s, j):
    """Take back what job j has reserved in this pass."""
    if s.jobs[j].start >= 0:
        unreserve(s, j)
        test_again(s)


@njit
def start_if_it_fits(s, j, t):
    """Start job j if it fits from now on for its walltime; tell whether it did."""
    give_up(s, j)
    return start_for_walltime(s, j, s.jobs[j].ask, t)


@njit
def start_each(s, count, t):
    """Start the candidates that fit, in turn, and mark each by its complement; return the first that does not wait."""
    for i in range(count):
        j = s.queue[i].candidate
        if j < 0 or j >= s.clock[0].jobs or s.jobs[j].state != S_WAITING:
            return i
        if start_if_it_fits(s, j, t):
            s.queue[i].candidate = ~j
    return count


@njit
def earliest(s, j):
    """Return the earliest start (ms) of job j, or the one that it has reserved; -1: there is none known."""
    if s.jobs[j].start >= 0:
        return int(s.jobs[j].start)
    ask, walltime, types = ask_of(s, j), s.jobs[j].walltime, types_to_reserve(s, j)
    s.clock[0].placing = j
    if s.clock[0].profiled:
        return pick_earliest(s, types, ask, walltime, FOREVER)[0]
    row, picks = pick_in_book(s, types, ask, walltime, 0, s.clock[0].book)
    return int(s.book[row].t) if picks > 0 else -1


@njit
def start_on(s, j, count, t):
    """Start job j on the nodes that were chosen, if they have room for its walltime; return 1, BUSY or KEPT."""
    kind = s.nodes[NOW, s.reserved[0].node].type
    if not allows(types_of(s, j), kind):
        return BUSY
    if not admits(s, j, kind, t):
        return KEPT
    if pick_chosen(s, j, count, 0, 0, NOW) == 0:
        return BUSY
    end = t + s.jobs[j].walltime
    hi = 0 if s.clock[0].profiled else first_row_from(s, end)
    for i in range(count):
        if s.clock[0].profiled:
            view_profile(s, s.reserved[i].node, t, end)
        else:
            view_node(s, 0, hi, s.reserved[i].node)
    picks = pick_chosen(s, j, count, 0, hi, VIEW)
    if picks == 0:
        return KEPT
    reserve(s, j, t, picks)
    start_reserved(s, j, t)
    test_again(s)
    return 1


@njit
def pick_chosen(s, j, count, lo, hi, layer):
    """Pick the chosen nodes for job j in a row or a view; return the number of picks, 0: one of them lacks room."""
    ask, picks, fits = ask_of(s, j), 0, True
    for i in range(count):
        n = s.reserved[i].node
        for _ in range(s.reserved[i].amount):
            fits = fits and node_holds(s, layer, n, ask) > 0
            if fits:
                d = part_device(s, layer, n, ask.part) if ask.part > 0 else -1
                take_window(s, lo, hi, layer, n, d, 1, ask)
                picks = note(s, picks, n, d, 1)
    undo(s, lo, hi, layer, picks, ask)
    return picks if fits else 0


@njit
def room_for(s, j, room):
    """Fill in how many tasks of job j each node has room for now, whatever is reserved; 0 where it may not go."""
    ask, types = ask_of(s, j), types_of(s, j)
    for n in range(len(room)):
        room[n] = node_holds(s, NOW, n, ask) if allows(types, s.nodes[NOW, n].type) else 0


@njit
def free_at(s, t, free):
    """Fill in how many accelerators each node will have free at instant t (ms), now or later."""
    if not s.clock[0].profiled:
        k = first_row_from(s, t + 1) - 1
        for n in range(len(free)):
            free[n] = s.nodes[s.book[k].layer, n].free
        return
    for n in range(len(free)):
        r = present(s, n)
        while s.steps[r].next >= 0 and s.steps[s.steps[r].next].t <= t:
            r = s.steps[r].next
        free[n] = s.steps[r].free


@njit
def close_pass(s):
    """End the pass: nothing stays reserved, and who has started waits no longer."""
    clock = s.clock[0]
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        if s.jobs[j].state == S_WAITING and s.jobs[j].start >= 0:
            unreserve(s, j)
    keep_waiting(s, S_WAITING)
