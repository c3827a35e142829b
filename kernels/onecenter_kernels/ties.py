"""What ties jobs: a job that comes after others, or is of an array, is held until it is released.

What happens to one job lists those that it concerns; they are looked at together, at the end of the instant
(`release.py`).
"""

from .codes import S_HELD, T_CHANGE
from .heap import THINK, push
from .jit import njit


@njit
def list_due(s, j):
    """Let job j be looked at before the pass: put it into the heap."""
    clock, ties = s.clock[0], s.ties
    if ties[j].listed:
        return
    ties[j].listed = 1
    i = clock.due
    clock.due += 1
    while i > 0 and j < ties[(i - 1) >> 1].due:
        ties[i].due = ties[(i - 1) >> 1].due
        i = (i - 1) >> 1
    ties[i].due = j


@njit
def take_due(s):
    """Take the lowest job out of the heap."""
    clock, ties = s.clock[0], s.ties
    found = ties[0].due
    clock.due -= 1
    n, j, i = clock.due, ties[clock.due].due, 0
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and ties[child + 1].due < ties[child].due:
            child += 1
        if j <= ties[child].due:
            break
        ties[i].due = ties[child].due
        i = child
    ties[i].due = j
    ties[found].listed = 0
    return found


@njit
def expect(s, j, t):
    """Let held job j, which waits for no other one any more at t (ms), be looked at once it may be released."""
    tie = s.ties[j]
    if tie.lost or tie.ready <= t:
        list_due(s, j)
    else:
        push(s, tie.ready, T_CHANGE, j, THINK)


@njit
def thought(s, j, t):
    """Tell whether held job j may be released from t (ms) on: a timer of another kind may name it, too."""
    tie = s.ties[j]
    return s.jobs[j].state == S_HELD and tie.left == 0 and tie.ready == t


@njit
def hold(s, j, t):
    """Hold job j, which is submitted at t (ms)."""
    tie = s.ties[j]
    s.jobs[j].state = S_HELD
    s.clock[0].held += 1
    if tie.lost or tie.left == 0:
        expect(s, j, t)


@njit
def over(s, j, well):
    """Tell the jobs that come after job j that it is over now, well or not."""
    now, i = s.clock[0].now, s.ties[j].first
    while i > 0:
        link = s.links[i - 1]
        tie = s.ties[link.job]
        tie.left -= 1
        tie.ready = max(tie.ready, now + tie.think)
        if link.ok and not well:
            tie.lost = 1
        if s.jobs[link.job].state == S_HELD and (tie.lost or tie.left == 0):
            expect(s, link.job, now)
        i = link.next


@njit
def give_place(s, j):
    """Give back the place that job j, which waits or runs no longer, has of its array."""
    a = s.ties[j].array - 1
    if a >= 0:
        s.arrays[a].taken -= 1
        offer(s, a)


@njit
def offer(s, a):
    """Let the first in the line of an array be looked at, if there is a place for it."""
    array = s.arrays[a]
    while array.first > 0 and s.jobs[array.first - 1].state != S_HELD:
        array.first = s.ties[array.first - 1].next
    if array.first > 0 and array.taken < array.places:
        list_due(s, array.first - 1)


@njit
def line_up(s, j):
    """Put job j into the line of its array, by its number."""
    tie = s.ties[j]
    if tie.lined:
        return
    tie.lined = 1
    array = s.arrays[tie.array - 1]
    behind = array.last - 1 if array.first > 0 else -1
    if behind > j:
        behind, i = -1, array.first - 1
        while i < j:
            behind, i = i, s.ties[i].next - 1
    if behind < 0:
        tie.next = array.first
        array.first = j + 1
    else:
        tie.next = s.ties[behind].next
        s.ties[behind].next = j + 1
    if tie.next == 0:
        array.last = j + 1
