"""What the replay of the decision log keeps: each field declared once with name, dtype, unit and meaning."""

from typing import Final, NamedTuple

from .state import Array, Field, dtype_of

DEVICE: Final = 1000

#: More tasks than any job has: what a node holds of tasks that ask nothing of it.
ALL: Final = 2**31

JOB: Final[tuple[Field, ...]] = (
    ("first", "i8", "index", "first of the start rows of its attempt in the log"),
    ("rows", "i4", "1", "start rows of its attempt"),
    ("form", "i4", "index", "its shape"),
    ("waits", "i1", "0/1", "it waits now, in the queue"),
    ("held", "i1", "0/1", "it waits now, held"),
)

SHAPE: Final[tuple[Field, ...]] = (
    ("unit", "i8", "index", "what a task asks"),
    ("tasks", "i8", "1", "tasks"),
    ("types", "i8", "bits", "allowed node types"),
    ("waiting", "i8", "1", "waiting jobs of this shape"),
    ("listed", "i8", "0/1", "it stands in the list of shapes"),
    ("live", "i8", "0/1", "its unit is kept up to date on its behalf"),
    ("reason", "i8", "code", "why its jobs wait"),
    ("platform", "i8", "code", "where quotas or limits are: its platform"),
    ("tenant", "i8", "code", "where there are limits: its tenant"),
    ("stream", "i8", "code", "where there are limits: its stream"),
    ("member", "i8", "index", "its platform in the quota tree; -1: none"),
    ("of_platform", "i8", "index", "limits of its platform, in limits; -1: none"),
    ("of_tenant", "i8", "index", "those of its tenant"),
    ("of_stream", "i8", "index", "those of its stream"),
    ("fits", "i8", "bits", "where there are quotas: allowed node types that hold it on the empty center"),
)

UNIT: Final[tuple[Field, ...]] = (
    ("accelerators", "i8", "1/1000", "accelerators per task"),
    ("cpus", "i8", "1/1000", "cpus per task"),
    ("memory", "i8", "MiB", "memory per task"),
    ("bare", "i8", "index", "the unit of as many accelerators without cpus and memory"),
    ("users", "i8", "1", "live shapes that need it"),
    ("place", "i8", "index", "its place in the list of units"),
)

NODE: Final[tuple[Field, ...]] = (
    ("type", "i8", "index", "node type"),
    ("free", "i8", "1", "empty devices"),
    ("cpus", "i8", "1/1000", "free cpus"),
    ("memory", "i8", "MiB", "free memory"),
    ("first_device", "i8", "index", "its first device"),
    ("touched", "i8", "0/1", "it changes at this instant"),
)

#: By device; only what fractions leave of it, for the log does not say which devices whole ones take.
LEFT: Final[tuple[Field, ...]] = (("left", "i8", "1/1000", "what fractions have left of it"),)

TYPE: Final[tuple[Field, ...]] = (
    ("accelerators", "i8", "1", "accelerators per node"),
    ("free", "i8", "1", "empty devices of all its nodes"),
    ("left", "i8", "1/1000", "what is left of all its devices"),
    ("first", "i8", "index", "its first node"),
    ("count", "i8", "1", "its nodes"),
)

LISTS: Final[tuple[Field, ...]] = (
    ("form", "i8", "index", "shapes of which a job waits; first clock.shapes rows"),
    ("unit", "i8", "index", "units in use; first clock.units rows"),
    ("node", "i8", "index", "nodes touched at this instant; first clock.nodes rows"),
)

CLOCK: Final[tuple[Field, ...]] = (
    ("overtaken", "i8", "code", "the reason of a job that would fit"),
    ("sharing", "i8", "0/1", "jobs are asked for quota or limits"),
    ("quotas", "i8", "0/1", "jobs are asked for quota"),
    ("shapes", "i8", "1", "rows in the list of shapes"),
    ("units", "i8", "1", "rows in the list of units"),
    ("nodes", "i8", "1", "rows in the list of nodes"),
    ("waiting", "i8", "1", "waiting jobs"),
    ("limited", "i8", "0/1", "passes end at the depth limit"),
    ("watched", "i8", "index", "the shape whose reasons are written down; -1: none"),
    ("spells", "i8", "1", "rows of its reasons"),
)

JOB_DTYPE: Final = dtype_of(JOB)
SHAPE_DTYPE: Final = dtype_of(SHAPE)
UNIT_DTYPE: Final = dtype_of(UNIT)
NODE_DTYPE: Final = dtype_of(NODE)
LEFT_DTYPE: Final = dtype_of(LEFT)
TYPE_DTYPE: Final = dtype_of(TYPE)
LISTS_DTYPE: Final = dtype_of(LISTS)
CLOCK_DTYPE: Final = dtype_of(CLOCK)


class Replay(NamedTuple):
    """What the replay knows; see the declarations above. `fits`, `time`, `waits` and `spells` are int64."""

    log: Array
    jobs: Array
    shapes: Array
    units: Array
    nodes: Array
    devices: Array
    types: Array
    lists: Array
    clock: Array
    fits: Array  # by (unit, node type): how many such tasks its nodes hold
    time: Array  # by (shape, reason): ms so far
    waits: Array  # by (job, reason): ms
    tree: Array
    quotas: Array
    revisions: Array
    potentials: Array
    limits: Array
    spells: Array  # by (row, t or reason): from when (ms) the watched shape has a reason; as many rows as instants
