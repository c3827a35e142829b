"""The naive twin's room: what is free at an instant, and where a job's tasks go.

Written from the specification alone. A *row* is the room at one instant; a *view* is a list of rows, and a
job fits in a view only if it fits in all of its rows at once. A view whose first row is now is one that a job
would start in: it stays on its devices, so whole accelerators are devices that are empty in every row, the
lowest first. Later ones are counted. Nothing is kept up to date: a row is worked out anew from the claims that
hold at its instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from onecenter.fleet import NodeType

DEVICE = 1000
NO_DEVICE = -1


@dataclass(frozen=True)
class Node:
    """A node; `type` and `rack` are numbers, its own number is its place in the fleet."""

    id: int
    type: int
    rack: int
    accelerators: int
    cpus: int
    memory: int


@dataclass(frozen=True)
class Demand:
    """What a job asks: `tasks` times so much; `anywhere`: every task is one accelerator, spread at will."""

    tasks: int
    accelerators: int
    cpus: int
    memory: int
    anywhere: bool

    @property
    def is_fraction(self) -> bool:
        """Whether a task asks a part of one device."""
        return 0 < self.accelerators < DEVICE

    @property
    def whole(self) -> int:
        """Whole devices a task."""
        return self.accelerators // DEVICE


@dataclass(frozen=True)
class Piece:
    """Tasks on a node; for fractions on one of its devices."""

    node: int
    device: int
    amount: int


@dataclass(frozen=True)
class Claim:
    """A job's hold on room over [begin, end) by walltime.

    `devices` are the (node, device) of whole accelerators; None: a promise, by count, of devices not yet
    named.
    """

    demand: Demand
    pieces: tuple[Piece, ...]
    begin: int
    end: int
    devices: tuple[tuple[int, int], ...] | None = None


@dataclass
class Row:
    """What is free at one instant, by node; `free` counts empty devices less those promised whole.

    `now`: a job that is placed in it starts at once.
    """

    free: list[int]
    cpus: list[int]
    memory: list[int]
    devices: list[list[int]]
    now: bool = False


def copies(view: Sequence[Row]) -> list[Row]:
    """Return rows from which tasks may be taken without a change of these."""
    return [
        Row(list(row.free), list(row.cpus), list(row.memory), [list(each) for each in row.devices], row.now)
        for row in view
    ]


def nodes_of(fleet: Sequence[NodeType]) -> list[Node]:
    """Return all nodes; consecutive nodes of a type share a rack, and racks hold one type only."""
    nodes: list[Node] = []
    racks = 0
    for number, kind in enumerate(fleet):
        for index in range(kind.count):
            rack = racks + index // kind.nodes_per_rack
            nodes.append(Node(len(nodes), number, rack, kind.accelerators, kind.cpus, kind.memory))
        racks += -(-kind.count // kind.nodes_per_rack)
    return nodes


def row_of(nodes: Sequence[Node], claims: Iterable[Claim], now: bool = False) -> Row:
    """Return what all `claims` together leave free."""
    row = Row(
        free=[0 for _ in nodes],
        cpus=[node.cpus for node in nodes],
        memory=[node.memory for node in nodes],
        devices=[[DEVICE] * node.accelerators for node in nodes],
        now=now,
    )
    promised = [0 for _ in nodes]
    for claim in claims:
        for piece in claim.pieces:
            row.cpus[piece.node] -= piece.amount * claim.demand.cpus
            row.memory[piece.node] -= piece.amount * claim.demand.memory
            if claim.demand.is_fraction:
                row.devices[piece.node][piece.device] -= piece.amount * claim.demand.accelerators
            elif claim.devices is None:
                promised[piece.node] += piece.amount * claim.demand.whole
        for number, device in claim.devices or ():
            row.devices[number][device] -= DEVICE
    for node in nodes:
        row.free[node.id] = row.devices[node.id].count(DEVICE) - promised[node.id]
        check(row, node.id)
    return row


def check(row: Row, node: int) -> None:
    """Fail where more was given away than there is."""
    left = [row.free[node], row.cpus[node], row.memory[node], *row.devices[node]]
    if min(left) < 0:
        raise AssertionError(f"node {node} is overbooked: {row}")


class Scores(Protocol):
    """A rule that scores nodes, and devices for parts; the lowest key is taken."""

    def preference(self, view: Sequence[Row], node: int, demand: Demand, rest: int) -> tuple[float, int]:
        """Return the key of a node for the next task, of which `rest` are to be placed."""

    def device_key(self, view: Sequence[Row], node: int, device: int, demand: Demand, rest: int) -> float:
        """Return the key of a device for a part."""


Rule = str | Scores


def place(nodes: Sequence[Node], view: Sequence[Row], demand: Demand, rule: Rule) -> list[Piece] | None:
    """Return where the placement rule puts all tasks on `nodes` (one node type), or None."""
    view = copies(view)
    if demand.anywhere:
        return place_anywhere(nodes, view, demand)
    if rule == "fewest-racks":
        return place_on_fewest_racks(nodes, view, demand)
    return place_one_by_one(nodes, view, demand, rule)


def place_one_by_one(
    nodes: Sequence[Node], view: Sequence[Row], demand: Demand, rule: Rule
) -> list[Piece] | None:
    """Put task after task on the node that the rule prefers at that moment."""
    placed: list[tuple[int, int]] = []
    for rest in range(demand.tasks, 0, -1):
        able = [node.id for node in nodes if device_for_a_task(view, node.id, demand) is not None]
        if not able:
            return None
        if isinstance(rule, str):
            best = min(able, key=lambda node: preference(view, node, rule))
            placed.append(take_a_task(view, best, demand))
        else:
            best = min(able, key=lambda node: rule.preference(view, node, demand, rest))
            placed.append(take_a_task(view, best, demand, scored_device(view, best, demand, rule, rest)))
    return pieces_of(placed)


def scored_device(view: Sequence[Row], node: int, demand: Demand, rule: Scores, rest: int) -> int:
    """Return the device that a task goes to under a rule that scores devices; NO_DEVICE: none is named."""
    if not demand.is_fraction:
        return NO_DEVICE
    return min(usable(view, node, demand), key=lambda d: (rule.device_key(view, node, d, demand, rest), d))


def preference(view: Sequence[Row], node: int, rule: str) -> tuple[int, ...]:
    """Return the key of a node under a rule; the lowest is taken."""
    free = free_in(view, node)
    cpus = min(row.cpus[node] for row in view)
    return {
        "first-fit": (node,),
        "best-fit": (free, cpus, node),
        "worst-fit": (-free, -cpus, node),
    }[rule]


def place_on_fewest_racks(nodes: Sequence[Node], view: Sequence[Row], demand: Demand) -> list[Piece] | None:
    """Try every set of nodes: fewest racks, then fewest nodes, then the lowest ids."""
    room = {node.id: len(tasks_on_one(view, node.id, demand)) for node in nodes}
    sets = [chosen for size in range(1, len(nodes) + 1) for chosen in combinations(nodes, size)]
    enough = [chosen for chosen in sets if sum(room[node.id] for node in chosen) >= demand.tasks]
    if not enough:
        return None
    best = min(
        enough,
        key=lambda chosen: (
            len({node.rack for node in chosen}),
            len(chosen),
            sorted(node.id for node in chosen),
        ),
    )
    placed: list[tuple[int, int]] = []
    for number in sorted(node.id for node in best):
        placed += tasks_on_one(view, number, demand)
    return pieces_of(placed[: demand.tasks])


def tasks_on_one(view: Sequence[Row], node: int, demand: Demand) -> list[tuple[int, int]]:
    """Return where the tasks go that one node alone can take, at most all of the job's."""
    view = copies(view)
    placed: list[tuple[int, int]] = []
    while len(placed) < demand.tasks and device_for_a_task(view, node, demand) is not None:
        placed.append(take_a_task(view, node, demand))
    return placed


def place_anywhere(nodes: Sequence[Node], view: Sequence[Row], demand: Demand) -> list[Piece] | None:
    """Spread single accelerators: the tightest node that holds all the rest, else the freest one."""
    placed: list[tuple[int, int]] = []
    while len(placed) < demand.tasks:
        rest = demand.tasks - len(placed)
        holds = {node.id: min(len(tasks_on_one(view, node.id, demand)), rest) for node in nodes}
        free = {node.id: free_in(view, node.id) for node in nodes}
        all_of_it = [node for node in holds if holds[node] == rest]
        some_of_it = [node for node in holds if holds[node] > 0]
        if all_of_it:
            best = min(all_of_it, key=lambda node: (free[node], node))
        elif some_of_it:
            best = min(some_of_it, key=lambda node: (-free[node], node))
        else:
            return None
        placed += [take_a_task(view, best, demand) for _ in range(holds[best])]
    return pieces_of(placed)


def free_in(view: Sequence[Row], node: int) -> int:
    """Return the free accelerators of a node in all rows at once."""
    free = min(row.free[node] for row in view)
    if not view[0].now:
        return free
    not_yet_named = view[0].devices[node].count(DEVICE) - view[0].free[node]
    return max(min(free, len(same_devices(view, node)) - not_yet_named), 0)


def same_devices(view: Sequence[Row], node: int) -> list[int]:
    """Return the devices of a node that are empty in every row."""
    return [d for d in range(len(view[0].devices[node])) if all(row.devices[node][d] == DEVICE for row in view)]


def device_for_a_task(view: Sequence[Row], node: int, demand: Demand) -> int | None:
    """Return the device that one more task would take (NO_DEVICE if none is named), None if it cannot."""
    for row in view:
        if row.cpus[node] < demand.cpus or row.memory[node] < demand.memory:
            return None
    if not demand.is_fraction:
        return NO_DEVICE if free_in(view, node) >= demand.whole else None
    fitting = usable(view, node, demand)
    return min(fitting, key=lambda d: (min(row.devices[node][d] for row in view), d), default=None)


def usable(view: Sequence[Row], node: int, demand: Demand) -> list[int]:
    """Return the devices of a node that a fraction may use in all rows."""
    devices = range(len(view[0].devices[node]))
    return [d for d in devices if all(may_use(row, node, d, demand.accelerators) for row in view)]


def may_use(row: Row, node: int, device: int, fraction: int) -> bool:
    """Whether a fraction may use a device: an empty one only if it is not promised whole."""
    left = row.devices[node][device]
    return left >= fraction and (left < DEVICE or row.free[node] >= 1)


def take_a_task(view: Sequence[Row], node: int, demand: Demand, device: int | None = None) -> tuple[int, int]:
    """Take one task's room on a node out of every row, on a device or the fullest; return (node, device)."""
    device = device_for_a_task(view, node, demand) if device is None else device
    assert device is not None
    named = same_devices(view, node)[: demand.whole] if view[0].now else []
    for row in view:
        row.cpus[node] -= demand.cpus
        row.memory[node] -= demand.memory
        if demand.is_fraction:
            row.free[node] -= row.devices[node][device] == DEVICE
            row.devices[node][device] -= demand.accelerators
        else:
            row.free[node] -= demand.whole
            for taken in named:
                row.devices[node][taken] = 0
    return node, device


def pieces_of(placed: Sequence[tuple[int, int]]) -> list[Piece]:
    """Count the tasks on each (node, device), in the order in which they were first touched."""
    return [Piece(node, device, placed.count((node, device))) for node, device in dict.fromkeys(placed)]
