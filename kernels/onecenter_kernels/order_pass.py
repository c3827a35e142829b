"""The pass under preemption by order: all live jobs are placed anew in turn, then those without a place are evicted.

Who has the place that it had before goes on. The others that were chosen start where the plan has put them.
"""

from .admission import admits
from .asks import ask_of
from .candidates import put, sort_by_rank
from .codes import DRF, EVICTED, KEPT, LAS, PLACED, ROUND_ROBIN, S_RUNNING, S_WAITING, T_CHANGE
from .dominant import count_chosen, forget_shares, line_up, next_by_share, totals_of
from .door import start_on
from .evict import evict
from .heap import push
from .jit import njit
from .live import end_round, join_queue, live_key, next_change
from .picks import note, undo
from .plan import clear, look_at, settle_usage, spare, type_planned
from .queue import keep_waiting
from .room import DEVICE, node_holds, part_device, take
from .state import NOW


@njit
def may_be_evicted(s, j, t):
    """Tell whether running job j may be evicted at t (ms)."""
    start, spared = s.jobs[j].start, s.owners[s.jobs[j].owner].spared
    return not spared and start < t and t - start >= s.clock[0].preempt_after


@njit
def list_running(s, t, n):
    """List the running jobs behind n candidates, but for those that leave or are not to be evicted; return all."""
    waits = s.clock[0].waiting > 0
    for node in range(s.nodes.shape[1]):
        r = s.hosts[node].run
        while r >= 0:
            j = s.runs[r].job
            if s.runs[r].row == s.jobs[j].first and s.attempts[j].leaves == 0:
                if s.clock[0].order == ROUND_ROBIN and waits:
                    end_round(s, j, t)
                if s.clock[0].order == LAS:
                    join_queue(s, j, t)
                if may_be_evicted(s, j, t):
                    put(s, n, j, live_key(s, j, t))
                    n += 1
                else:
                    spare(s, j)
                    if s.clock[0].order == DRF:
                        count_chosen(s, j)
            r = s.runs[r].next
    return n


@njit
def list_live(s, t):
    """List the live jobs that may get and lose a place, in order; return their number."""
    clock, n = s.clock[0], 0
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        put(s, n, j, live_key(s, j, t))
        n += 1
    n = list_running(s, t, n)
    sort_by_rank(s, n)
    return n


@njit
def make_plan(s, t):
    """Place all live jobs in turn; return how many were looked at, and list them, in turn, as ranks."""
    shared, totals = s.clock[0].order == DRF, totals_of(s)
    clear(s)
    if shared:
        forget_shares(s)
    n = list_live(s, t)
    if shared:
        line_up(s, n)
    for k in range(n):
        j = s.queue[next_by_share(s, totals) if shared else k].candidate
        s.queue[k].rank = j
        if look_at(s, j, t) and shared:
            count_chosen(s, j)
    settle_usage(s, n)
    return n


@njit
def device_now(s, n, d, part):
    """Return the planned device of node n if it has room for a part (1/1000) now, else the fullest that has."""
    free = int(s.devices[NOW, s.nodes[NOW, n].slots + d].free)
    if free >= part and (free < DEVICE or s.nodes[NOW, n].free > 0):
        return d
    return part_device(s, NOW, n, part)


@njit
def pick_planned(s, j):
    """Pick the nodes that the plan has for job j; return the number of picks, 0: one of them lacks room now."""
    ask, row, picks, fits = ask_of(s, j), s.attempts[j], 0, True
    for i in range(row.pick, row.pick + row.picks):
        place = s.plan[i]
        for _ in range(place.amount):
            fits = fits and node_holds(s, NOW, place.node, ask) > 0
            if fits:
                d = device_now(s, place.node, place.slot, ask.part) if ask.part > 0 else -1
                take(s, NOW, place.node, d, 1, ask)
                picks = note(s, picks, place.node, d, 1)
    undo(s, 0, 0, NOW, picks, ask)
    return picks if fits else 0


@njit
def start_planned(s, j, t):
    """Start job j where the plan has put it, if that has been left already."""
    if not admits(s, j, type_planned(s, j), t):
        return
    s.clock[0].placing = j
    picks = pick_planned(s, j)
    if picks > 0:
        s.attempts[j].due = 0
        start_on(s, j, picks, t)


@njit
def set_timers(s, t):
    """Set timers for what makes running jobs change their places in the order by themselves."""
    for node in range(s.nodes.shape[1]):
        r = s.hosts[node].run
        while r >= 0:
            j = s.runs[r].job
            if s.runs[r].row == s.jobs[j].first and s.attempts[j].leaves == 0:
                due = next_change(s, j, t)
                if due > t and due != s.attempts[j].due:
                    push(s, due, T_CHANGE, j, s.jobs[j].epoch)
                s.attempts[j].due = due
            r = s.runs[r].next


@njit
def order_pass(s, t):
    """Make the pass of instant t (ms)."""
    n = make_plan(s, t)
    for k in range(n):
        j = s.queue[k].rank
        if s.jobs[j].state == S_RUNNING and s.attempts[j].plan != KEPT:
            s.attempts[j].attained += t - s.jobs[j].start
            if s.clock[0].order == LAS:
                s.attempts[j].turn = t
            evict(s, j, t, EVICTED)
    for k in range(n):
        j = s.queue[k].rank
        if s.jobs[j].state == S_WAITING and s.attempts[j].plan == PLACED:
            start_planned(s, j, t)
    keep_waiting(s, S_WAITING)
    set_timers(s, t)
