"""The head's reservation, and the view of a job that would still run then: now but for the nodes of the reservation."""

from .asks import ask_of
from .choose import better
from .codes import FEWEST_RACKS, FIRST_FIT, RANDOM, SCORE
from .earliest import current_tree, least_earliest
from .jit import njit
from .levels import relevel
from .minima import next_leaf
from .place import place_allowed
from .projection import bring_projection
from .room import copy_amounts, copy_node, note_broken, take, view_amounts, view_node
from .runs import project_node
from .scored import choose_by_call_in_tree
from .scores import score_of
from .state import FOREVER, NOW, PROJECTED, SHADOW, VIEW

#: Row of the book with the row at the shadow time, the reservation not taken off.
WHOLE = 2


@njit
def keep_picks(s, picks):
    """Keep the picks as the head's reservation."""
    for i in range(picks):
        pick, row = s.holds[i], s.reserved[i]
        row.node = pick.node
        row.slot = pick.slot
        row.amount = pick.amount
    s.clock[0].reserved = picks


@njit
def pick_by_tree(s, k, kind, ask, t):
    """Return the node of a type that takes the head at t (ms), the earliest time of tree k."""
    row, placement, best, most = s.types[NOW, kind], s.clock[0].placement, -1, 0
    s.clock[0].rest = 1
    if placement == SCORE:
        return choose_by_call_in_tree(s, k, kind, t)
    n = next_leaf(s.earliest[k], row.first, t)
    while 0 <= n < row.first + row.count:
        project_node(s, SHADOW, n, t)
        if placement >= RANDOM:
            score = score_of(s, SHADOW, n, ask, placement)
            if best < 0 or score > most:
                best, most = n, score
        elif best < 0 or (placement != FIRST_FIT and better(s.nodes[SHADOW, n], s.nodes[SHADOW, best], placement)):
            best = n
        n = next_leaf(s.earliest[k], n + 1, t)
    return best


@njit
def reserve_by_tree(s, types, ask):
    """Reserve for a head of one task without parts; return the shadow time (ms)."""
    k, shadow, on = current_tree(s, ask), FOREVER, 0
    while types > 0:
        kind = (types & 15) - 1
        row = s.types[NOW, kind]
        t = least_earliest(s, k, row.first, row.first + row.count)
        if t < shadow:
            shadow, on = t, kind
        types >>= 4
    row = s.reserved[0]
    row.node = pick_by_tree(s, k, on, ask, shadow)
    row.slot = -1
    row.amount = 1
    s.clock[0].reserved = 1
    s.clock[0].projected = -1
    return shadow


@njit
def reserve_by_row(s, j, types, ask):
    """Reserve for any head; return the shadow time (ms)."""
    clock = s.clock[0]
    bring_projection(s, j, types, ask)
    if not clock.placed or ask.part > 0 or clock.placement >= RANDOM:
        keep_picks(s, place_allowed(s, WHOLE, WHOLE + 1, types, ask))
        clock.placed = 1
    for i in range(clock.reserved):
        if ask.part > 0:
            copy_node(s, PROJECTED, SHADOW, s.reserved[i].node)
        else:
            copy_amounts(s, PROJECTED, SHADOW, s.reserved[i].node)
    return clock.shadow


@njit
def reserve_head(s, j, types, ask):
    """Reserve the place of head j, make the view of its nodes, and return the shadow time (ms)."""
    clock = s.clock[0]
    clock.placing = j
    clock.promised = j
    clock.part_head = ask.part > 0
    clock.viewed = clock.part_head
    if ask.tasks == 1 and ask.part == 0 and not ask.anywhere and clock.placement != FEWEST_RACKS:
        shadow = reserve_by_tree(s, types, ask)
    else:
        shadow = reserve_by_row(s, j, types, ask)
    for i in range(clock.reserved):
        row = s.reserved[i]
        row.again = s.hosts[row.node].head
        s.hosts[row.node].head = 1
        take(s, SHADOW, row.node, row.slot, row.amount, ask)
    for i in range(clock.reserved):
        view_head_node(s, s.reserved[i].node)
    s.book[SHADOW].t = shadow
    return shadow


@njit
def view_head_node(s, n):
    """Make the view of node n, one of the reservation.

    Where the head is promised no part, whatever is empty now is empty then, and the devices can wait until they are
    asked for.
    """
    if s.clock[0].viewed:
        view_node(s, NOW, SHADOW + 1, n)
    else:
        view_amounts(s, NOW, SHADOW + 1, n)


@njit
def view_devices_too(s):
    """Make the shadow and the view of the head's nodes with their devices."""
    clock = s.clock[0]
    if clock.viewed or not clock.fractions:
        return
    clock.viewed = 1
    ask = ask_of(s, clock.promised)
    for i in range(clock.reserved):
        row = s.reserved[i]
        if not row.again:
            project_node(s, SHADOW, row.node, s.book[SHADOW].t)
    for i in range(clock.reserved):
        row = s.reserved[i]
        take(s, SHADOW, row.node, row.slot, row.amount, ask)
    for i in range(clock.reserved):
        view_head_node(s, s.reserved[i].node)


@njit
def forget_head(s):
    """Let no node have a part of the head's reservation."""
    for i in range(s.clock[0].reserved):
        s.hosts[s.reserved[i].node].head = 0
    s.book[SHADOW].t = FOREVER


@njit
def swap_amounts(s, n):
    """Exchange the amounts of node n now and in the view."""
    a, b = s.nodes[NOW, n], s.nodes[VIEW, n]
    free, cpus, memory = a.free, a.cpus, a.memory
    if free == b.free and cpus == b.cpus and memory == b.memory:
        return
    a.free, a.cpus, a.memory = b.free, b.cpus, b.memory
    b.free, b.cpus, b.memory = free, cpus, memory
    relevel(s, NOW, n)


@njit
def swap_devices(s, n):
    """Exchange the devices of node n now and in the view."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[NOW, s.nodes[NOW, n].type].accelerators):
        free = s.devices[NOW, d].free
        s.devices[NOW, d].free = s.devices[VIEW, d].free
        s.devices[VIEW, d].free = free
    note_broken(s, n)


@njit
def swap_view(s, devices):
    """Exchange now and the view on the nodes of the reservation, devices too or not; done twice, nothing changes."""
    for i in range(s.clock[0].reserved):
        row = s.reserved[i]
        if not row.again:
            swap_amounts(s, row.node)
            if devices:
                swap_devices(s, row.node)


@njit
def view_everywhere(s):
    """Make the view of every node; beside the reservation the shadow leaves no less than now."""
    view_devices_too(s)
    for n in range(s.nodes.shape[1]):
        if not s.hosts[n].head:
            copy_node(s, NOW, SHADOW, n)
        view_node(s, NOW, SHADOW + 1, n)
    s.clock[0].visits += s.nodes.shape[1]


@njit
def place_in_view(s, types, ask):
    """Place a job that would still run at the shadow time; return the number of picks."""
    clock = s.clock[0]
    # A score may look at all devices of a node, whatever the job asks.
    scored = clock.placement >= RANDOM and clock.fractions
    if clock.placement == FEWEST_RACKS or scored or (ask.part > 0 and ask.tasks > 1):
        view_everywhere(s)
        return place_allowed(s, NOW, SHADOW + 1, types, ask)
    if ask.part > 0:
        view_devices_too(s)
    swap_view(s, ask.part > 0)
    picks = place_allowed(s, NOW, NOW + 1, types, ask)
    swap_view(s, ask.part > 0)
    return picks


@njit
def settle(s, picks, ask, long):
    """Take what a job holds that has started on the picks off the head's nodes at the shadow time, if it is long."""
    for k in range(picks):
        pick = s.holds[k]
        if s.hosts[pick.node].head:
            if long:
                take(s, SHADOW, pick.node, pick.slot, pick.amount, ask)
            view_head_node(s, pick.node)
