"""Free amounts: rows (now, the shadow, the book) and the view, their minimum over a window of rows."""

from .asks import holds_but_parts
from .bits import exclude, include
from .jit import njit
from .levels import indexed, most_held, relevel
from .state import NOW, VIEW

DEVICE = 1000


@njit
def note_broken(s, n):
    """Note the most that is left of a broken device of node n now, in the node and in the set of such nodes."""
    host, row = s.hosts[n], s.types[NOW, s.nodes[NOW, n].type]
    first, most = s.nodes[NOW, n].slots, 0
    for d in range(first, first + row.accelerators):
        free = int(s.devices[NOW, d].free)
        if most < free < DEVICE:
            most = free
    if most > 0 and host.part == 0:
        include(s, 0, row.broken, row.width, n - row.first)
    elif most == 0 and host.part > 0:
        exclude(s, 0, row.broken, row.width, n - row.first)
    host.part = most


@njit
def take(s, layer, n, d, amount, ask):
    """Take `amount` tasks from node n of a row (on device d, for a part); a negative amount gives back."""
    node = s.nodes[layer, n]
    node.cpus -= amount * ask.cpus
    node.memory -= amount * ask.memory
    if ask.part == 0:
        node.free -= amount * ask.whole
    else:
        take_part(s, layer, n, d, amount * ask.part)
    if indexed(layer):
        relevel(s, layer, n)


@njit
def take_part(s, layer, n, d, amount):
    """Take an amount (1/1000) of device d of node n of a row; a negative amount gives back."""
    node, device = s.nodes[layer, n], s.devices[layer, s.nodes[NOW, n].slots + d]
    before = int(device.free)
    device.free = before - amount
    if before == DEVICE:
        node.free -= 1
    elif before - amount == DEVICE:
        node.free += 1
    if layer == NOW:
        note_broken(s, n)


@njit
def copy_amounts(s, source, target, n):
    """Copy the free amounts of a node from row to row, its devices aside."""
    a, b = s.nodes[source, n], s.nodes[target, n]
    b.free = a.free
    b.cpus = a.cpus
    b.memory = a.memory


@njit
def copy_node(s, source, target, n):
    """Copy the free amounts of a node from row to row."""
    copy_amounts(s, source, target, n)
    if s.clock[0].fractions:
        a = s.nodes[NOW, n]
        for d in range(a.slots, a.slots + s.types[NOW, a.type].accelerators):
            s.devices[target, d].free = s.devices[source, d].free


@njit
def copy_row(s, source, target):
    """Copy all free amounts of a row."""
    for n in range(s.nodes.shape[1]):
        a, b = s.nodes[source, n], s.nodes[target, n]
        b.free = a.free
        b.cpus = a.cpus
        b.memory = a.memory
    for d in range(s.devices.shape[1]):
        s.devices[target, d].free = s.devices[source, d].free


@njit
def view_amounts(s, lo, hi, n):
    """Make the view of node n over the book's rows lo .. hi - 1, its devices aside."""
    view = s.nodes[VIEW, n]
    first = s.nodes[s.book[lo].layer, n]
    free, cpus, memory = first.free, first.cpus, first.memory
    for k in range(lo + 1, hi):
        node = s.nodes[s.book[k].layer, n]
        free = min(free, node.free)
        cpus = min(cpus, node.cpus)
        memory = min(memory, node.memory)
    view.free = free
    view.cpus = cpus
    view.memory = memory


@njit
def view_node(s, lo, hi, n):
    """Make the view of node n over the book's rows lo .. hi - 1; row 0 is now."""
    view_amounts(s, lo, hi, n)
    if s.clock[0].fractions:
        common = view_devices(s, lo, hi, n)
        if lo == 0:
            # A job that starts now stays on its devices: on each it has what the row leaves that has the least.
            s.nodes[VIEW, n].free = max(min(s.nodes[VIEW, n].free, common), 0)


@njit
def view_devices(s, lo, hi, n):
    """Make the view of the devices of node n, where one that no part may break has nothing left.

    Return how many are empty in all rows, but for those that row lo has given away by count.
    """
    first = s.nodes[NOW, n].slots
    common = s.nodes[s.book[lo].layer, n].free
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        least, empty = DEVICE, True
        for k in range(lo, hi):
            layer = s.book[k].layer
            free = int(s.devices[layer, d].free)
            empty = empty and free == DEVICE
            if free == DEVICE and s.nodes[layer, n].free <= 0:
                free = 0
            least = min(least, free)
        if not empty and s.devices[s.book[lo].layer, d].free == DEVICE:
            common -= 1
        s.devices[VIEW, d].free = least
    return common


@njit
def take_window(s, lo, hi, layer, n, d, amount, ask):
    """Take from every row of a window, and keep the view true; of the profile there is only the view."""
    for k in range(lo, hi):
        take(s, s.book[k].layer, n, d, amount, ask)
    if lo == hi:
        take(s, layer, n, d, amount, ask)
    elif layer == VIEW:
        view_node(s, lo, hi, n)


@njit
def part_slots(s, layer, n, part):
    """Return how many parts (1/1000) the devices of node n hold in a plain row."""
    first = s.nodes[NOW, n].slots
    slots, empty = 0, 0
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        free = int(s.devices[layer, d].free)
        if free == DEVICE:
            empty += 1
        else:
            slots += free // part
    return slots + min(empty, max(s.nodes[layer, n].free, 0)) * (DEVICE // part)


@njit
def part_device(s, layer, n, part):
    """Return the fullest device of node n that a part (1/1000) fits on, lowest first; -1: none.

    In a view, a device that no part may break has nothing left.
    """
    first = s.nodes[NOW, n].slots
    best, least = -1, DEVICE + 1
    for d in range(s.types[0, s.nodes[NOW, n].type].accelerators):
        free = int(s.devices[layer, first + d].free)
        if free == DEVICE and layer != VIEW and s.nodes[layer, n].free <= 0:
            continue
        if part <= free < least:
            best, least = d, free
    return best


@njit
def node_holds(s, layer, n, ask):
    """Return how many of the tasks node n holds; for parts in a view, whether it holds one."""
    k = holds_but_parts(s.nodes[layer, n], ask)
    if ask.part > 0 and k > 0:
        if layer == VIEW:
            return 1 if part_device(s, layer, n, ask.part) >= 0 else 0
        return min(k, part_slots(s, layer, n, ask.part))
    return k


@njit
def holds_one(s, layer, n, ask):
    """Tell whether node n holds one of the tasks in a plain row."""
    return holds_but_parts(s.nodes[layer, n], ask) > 0 and (ask.part == 0 or has_slot(s, layer, n, ask.part))


@njit
def has_slot(s, layer, n, part):
    """Tell whether a device of node n has room for a part (1/1000) in a plain row."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        free = s.devices[layer, d].free
        if free >= part and (free < DEVICE or s.nodes[layer, n].free > 0):
            return True
    return False


@njit
def type_holds(s, layer, kind, ask):
    """Return how many of the tasks the nodes of a type hold, at least; stops at all of them."""
    first, count, nodes = s.types[0, kind].first, s.types[0, kind].count, s.nodes
    total, n = 0, first
    if ask.part > 0:
        while n < first + count and total < ask.tasks:
            total += node_holds(s, layer, n, ask)
            n += 1
    else:
        if indexed(layer):
            most = most_held(s, layer, kind, ask)
            if most < ask.tasks or (ask.cpus == 0 and ask.memory == 0):
                return most
        while n < first + count and total < ask.tasks:
            total += holds_but_parts(nodes[layer, n], ask)
            n += 1
    s.clock[0].visits += n - first
    return total
