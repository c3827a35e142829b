"""The state of a core before its first step: the arrays of a fleet, a policy and a workload."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from onecenter_kernels import state
from onecenter_kernels.codes import FACTORS, FAIR_SHARES, FEATURES
from onecenter_kernels.handle import handle_of
from onecenter_kernels.levels import build_levels
from onecenter_kernels.past import LAST
from onecenter_kernels.state import FOREVER, State, table

from onecenter.engine.scoring import WIDTH
from onecenter.fleet import NodeType, racks_of
from onecenter.policies import BY_ORDER, Key, Linear, Multifactor, Policy, SchedulerCode, Score
from onecenter.workload.table import Workload

#: Rows of the growing arrays at the start, powers of two: at least, and at most, where there are many jobs.
ROWS, MORE_ROWS = 1024, 16_384

#: Different asks that are told apart: with an index of the queue, which has a tree for each, and without.
SHAPES_INDEXED, SHAPES = 16, 62

#: Trees of earliest times that are kept.
TREES: Final = 8

#: Changes of the profile that are remembered at least, a power of two.
NOTES: Final = 4096


def power_of_two(least: int) -> int:
    """Return the lowest power of two that is not below `least`."""
    return 1 << max(least - 1, 0).bit_length()


def rows_for(jobs: int) -> int:
    """Return how many rows growing arrays have at the start; what is not used takes no memory."""
    return min(max(power_of_two(jobs // 8), ROWS), MORE_ROWS)


def _words(size: int) -> int:
    return -(-size // 32)


def types_of(fleet: Sequence[NodeType]) -> tuple[state.Array, int, int]:
    """Return the node types, and how many rows of `bits` and `counts` their index has."""
    types = table((state.FIRST_ROW, len(fleet)), state.TYPE_DTYPE)
    first, bits, counts = 0, 0, 0
    for row, kind in zip(types[state.NOW], fleet, strict=True):
        row["first"], row["count"] = first, kind.count
        row["accelerators"], row["cpus"], row["memory"] = kind.accelerators, kind.cpus, kind.memory
        levels, width = kind.accelerators + 2, _words(kind.count)
        stride = width + _words(width)
        row["bits"], row["width"], row["stride"], row["counts"] = bits, width, stride, counts
        row["broken"] = bits + levels * stride
        row["occupied"] = bits + (levels + 1) * stride
        row["level_words"] = _words(levels)
        first, counts = first + kind.count, counts + levels
        bits += (levels + 1) * stride + _words(levels) + _words(_words(levels))
    return types, bits, counts


def nodes_of(fleet: Sequence[NodeType], layers: int) -> state.Array:
    """Return the nodes of so many layers, all free."""
    nodes = table((layers, sum(kind.count for kind in fleet)), state.NODE_DTYPE)
    first, device = 0, 0
    for index, kind in enumerate(fleet):
        part = nodes[:, first : first + kind.count]
        place = np.arange(kind.count)
        part["free"], part["cpus"], part["memory"] = kind.accelerators, kind.cpus, kind.memory
        part["type"] = index
        part["slots"] = device + place * kind.accelerators
        first, device = first + kind.count, device + kind.count * kind.accelerators
    nodes["rack"] = racks_of(fleet)
    return nodes


def devices_of(fleet: Sequence[NodeType], layers: int, fractions: bool) -> state.Array:
    """Return the devices of so many layers, all free; none where no fractions are asked for."""
    count = sum(kind.count * kind.accelerators for kind in fleet) if fractions else 0
    devices = table((layers, count), state.DEVICE_DTYPE)
    devices["free"], devices["owner"] = 1000, -1
    return devices


def is_booked(policy: Policy) -> bool:
    """Tell whether a book says what will be free over time: EASY with one reservation needs its shadow time only."""
    if isinstance(policy.order, SchedulerCode):
        return True
    return policy.backfill == "conservative" or policy.reservations > 1


def book_of(policy: Policy) -> state.Array:
    """Return the present and unused rows or, where no book is kept, now, the shadow and its whole row."""
    if not is_booked(policy):
        book = table(3, state.BOOK_DTYPE)
        book["layer"] = state.NOW, state.SHADOW, state.PROJECTED
        book["t"][1:] = FOREVER
        return book
    book = table(64, state.BOOK_DTYPE)
    book["layer"] = state.FIRST_ROW + np.arange(len(book))
    return book


def is_indexed(policy: Policy, shared: bool = False) -> bool:
    """Tell whether the queue keeps its places and an index; not where quotas or limits may keep a job from starting."""
    if shared:
        return False
    grows_behind = policy.order == "fifo" or (isinstance(policy.order, Key) and not policy.changes_with_time)
    plain = (policy.backfill, policy.backfill_order, policy.backfill_depth) == ("easy", None, 0)
    return grows_behind and plain and not is_booked(policy)


def needs_keys(policy: Policy) -> bool:
    """Tell whether the order goes by keys that jobs bring along, or code of the user's own may see their deadlines."""
    if isinstance(policy.order, Multifactor):
        return True  # which keeps there what does not age of a waiting job's priority
    return bool(policy.code or policy.columns or policy.learns or "edf" in (policy.order, policy.backfill_order))


def queue_of(policy: Policy, queue: state.Array, shared: bool = False) -> dict[str, state.Array]:
    """Return a queue with a power of two of places, its blocks, and an index in which none of them is yet."""
    rows = table(power_of_two(len(queue)), state.QUEUE_DTYPE)
    rows[: len(queue)] = queue
    shape = (SHAPES_INDEXED, 2 * len(rows)) if is_indexed(policy, shared) else (1, 2)
    waits = table(shape, state.LEAF_DTYPE)
    waits["least"] = FOREVER
    blocks = table((len(rows) >> state.BLOCK_BITS) + 1, state.BLOCK_DTYPE)
    blocks["groups"] = -1
    return {"queue": rows, "blocks": blocks, "waits": waits}


def steps_of(nodes: state.Array, profiled: bool) -> state.Array:
    """Return the profile of nodes that are all free."""
    count = nodes.shape[1] if profiled else 1
    steps = table(max(ROWS, 2 * count), state.STEP_DTYPE)
    for name in ("free", "cpus", "memory"):
        steps[name][:count] = nodes[name][state.NOW, :count]
    steps["t"], steps["next"] = -1, -1
    return steps


def weights_of(policy: Policy, fleet: Sequence[NodeType]) -> state.Array:
    """Return what an order weighs, a row per feature or factor; of a factor, what the center has of it too."""
    order = policy.order
    names = FACTORS if isinstance(order, Multifactor) else FEATURES
    weights = table(max(len(names), len(FEATURES)), state.WEIGHT_DTYPE)
    if isinstance(order, Linear | Multifactor):
        weights["weight"][: len(names)] = [order.weights.get(name, 0.0) for name in names]
    if isinstance(policy.backfill_order, Linear):
        weights["behind"] = [policy.backfill_order.weights.get(name, 0.0) for name in FEATURES]
    if isinstance(order, Multifactor):
        accelerators, cpus, memory = (
            sum(kind.count * amount for kind, amount in zip(fleet, amounts, strict=True))
            for amounts in zip(*((1000 * kind.accelerators, kind.cpus, kind.memory) for kind in fleet), strict=True)
        )
        nodes = sum(kind.count for kind in fleet)
        weights["whole"][: len(names)] = policy.max_age, 1, nodes, 1, accelerators, cpus, memory
    return weights


def scored_of(fleet: Sequence[NodeType], policy: Policy, nodes: int) -> dict[str, state.Array]:
    """Return what rules that score nodes keep: what runs by class, and the devices of a node as it is looked at."""
    most = max((kind.accelerators for kind in fleet), default=0)
    classes = (nodes, most + 1) if policy.placement == "gpu-clustering" else (1, 1)
    listed = nodes + 1 if isinstance(policy.placement, Score) else 1
    return {
        "classes": table(classes, state.CLASS_DTYPE),
        "seen": table(most + 1, state.SEEN_DTYPE),
        "scored": np.zeros((listed, WIDTH)),
    }


def clock_of(policy: Policy, fractions: bool, scratch: int, shared: bool) -> state.Array:
    """Return the clock before the first step."""
    clock = table(1, state.CLOCK_DTYPE)
    for name in ("now", "spare_hold", "wake", "blocked", "stuck", "projected", "spare_run", "spare_step"):
        clock[name] = -1
    for name, code in policy.codes.items():
        clock[name] = code
    clock["preemption"] *= shared  # where all are alike nobody is evicted
    clock["fractions"], clock["scratch"], clock["holds"] = fractions, scratch, scratch
    ageing = policy.order == "priority" or isinstance(policy.order, Multifactor)
    clock["ageing"] = policy.changes_with_time and ageing
    clock["anew"] = policy.by_platform or (policy.changes_with_time and not ageing)
    clock["first_until"] = -1
    clock["usage_rest"] = policy.usage_rest
    clock["learns"] = policy.learns
    if isinstance(policy.order, Multifactor):
        clock["fair_share"] = FAIR_SHARES.index(policy.order.fair_share)
        clock["favor_small"] = policy.order.favor_small
        clock["period"], clock["decay"], clock["shared"] = policy.order.calc_period, policy.order.decay, -1
    clock["booked"] = is_booked(policy)
    clock["book"] = 1 if is_booked(policy) else 2
    clock["indexed"], clock["shapes"] = is_indexed(policy, shared), 1
    return clock


def state_of(
    fleet: Sequence[NodeType],
    policy: Policy,
    workload: Workload,
    fractions: bool,
    asks: state.Array,
    owners: state.Array,
) -> State:
    """Return the state before the first step, with room for the jobs of a workload, none of them known yet."""
    shared = workload.sharing is not None
    # The profile knows no earliest start after now, which a job needs that admission refuses at its reserved one.
    book, profiled = book_of(policy), is_booked(policy) and not fractions and not shared
    layers = state.FIRST_ROW if profiled else int(book["layer"].max()) + 1
    nodes, devices = nodes_of(fleet, layers), devices_of(fleet, layers, fractions)
    types, bits, counts = types_of(fleet)
    count = nodes.shape[1]
    scratch = max(count, devices.shape[1]) + 1
    hosts = table(count, state.HOST_DTYPE)
    hosts["run"], hosts["step"] = -1, np.arange(count)
    clock = clock_of(policy, fractions, scratch, shared)
    clock["profiled"] = profiled
    clock["step_rows"] = clock["steps_end"] = count if profiled else 0
    rows = rows_for(len(workload))
    trees = table(TREES, state.TREE_DTYPE)
    trees["seen"] = -1
    made = State(
        jobs=table(max(len(workload), 1), state.JOB_DTYPE),
        asks=asks,
        owners=owners,
        types=types,
        nodes=nodes,
        devices=devices,
        timers=table(rows, state.TIMER_DTYPE),
        holds=table(scratch, state.HOLD_DTYPE),
        book=book,
        log=table(ROWS + 4 * len(workload), state.LOG_DTYPE),
        clock=clock,
        hosts=hosts,
        runs=table(rows, state.RUN_DTYPE),
        changes=table(power_of_two(count), state.CHANGE_DTYPE),
        bits=table((2, bits), state.BITS_DTYPE),
        counts=table((2, counts), state.COUNT_DTYPE),
        shapes=table(SHAPES_INDEXED if is_indexed(policy, shared) else SHAPES, state.SHAPE_DTYPE),
        trees=trees,
        earliest=table((TREES, 2 if is_booked(policy) else 2 * power_of_two(count)), state.LEAF_DTYPE),
        reserved=table(scratch, state.RESERVED_DTYPE),
        coming=table(count, state.COMING_DTYPE),
        steps=steps_of(nodes, profiled),
        spans=table(count if profiled else 1, state.SPAN_DTYPE),
        # A job that is put back where it was has changed each of its places at most four times; half are kept.
        notes=table(power_of_two(max(NOTES, 8 * scratch)) if is_booked(policy) else 1, state.NOTE_DTYPE),
        keys=table(max(len(workload), 1) if needs_keys(policy) else 1, state.KEY_DTYPE),
        weights=weights_of(policy, fleet),
        users=table(1, state.USER_DTYPE),
        accounts=table(1, state.ACCOUNT_DTYPE),
        habits=table(1, state.HABIT_DTYPE),
        recent=table((1, LAST), state.RECENT_DTYPE),
        estimates=table(1 if policy.estimate == "walltime" else max(len(workload), 1), state.ESTIMATE_DTYPE),
        tree=table(1, state.QUOTA_TREE_DTYPE),
        quotas=table((1, 1), state.QUOTA_DTYPE),
        ties=table(1, state.TIE_DTYPE),
        links=table(1, state.LINK_DTYPE),
        arrays=table(1, state.ARRAY_DTYPE),
        revisions=table(1, state.REVISION_DTYPE),
        potentials=np.zeros((1, 1), np.int64),
        limits=table(1, state.LIMIT_DTYPE),
        heads=table(1, state.HEAD_DTYPE),
        candidates=table(1, state.CANDIDATE_DTYPE),
        preemptor=table(1, state.PREEMPTOR_DTYPE),
        tenants=table(1, state.TENANT_DTYPE),
        circles=table((1, SHAPES), state.CIRCLE_DTYPE),
        groups=table(SHAPES + 1 if shared else 1, state.GROUP_DTYPE),
        attempts=table(max(len(workload), 1) if clock["preemption"][0] else 1, state.ATTEMPT_DTYPE),
        plan=table(rows if policy.preemption == BY_ORDER else 1, state.PLAN_DTYPE),
        dominants=table(1, state.DOMINANT_DTYPE),
        thresholds=np.array(policy.thresholds, np.int64),
        kinds=table(len(asks) if policy.placement == "fgd" else 1, state.KIND_DTYPE),
        **scored_of(fleet, policy, count),
        # The index of a queue is written at once, so it begins small.
        **queue_of(policy, table(ROWS if is_indexed(policy, shared) else rows, state.QUEUE_DTYPE), shared),
    )
    clock["most_cpus"] = max((kind.cpus for kind in fleet), default=0)
    clock["most_left"] = 1000 * max((kind.accelerators for kind in fleet), default=0)
    build_levels(handle_of(made))
    return made
