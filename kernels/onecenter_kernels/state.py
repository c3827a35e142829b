"""The state of the core: each field declared once with name, dtype, unit and meaning."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from . import index_fields as index
from .attempt_fields import ATTEMPT, DOMINANT, PLAN
from .cycle_fields import HEAD, TENANT
from .jit import JIT
from .job_fields import ASK, JOB, KEY, OWNER
from .past_fields import ACCOUNT, ESTIMATE, HABIT, RECENT, USER
from .quota_fields import CANDIDATE, CIRCLE, GROUP, LIMIT, PREEMPTOR, QUOTA, REVISION, TREE
from .schema import Field, dtype_of, log_dtype
from .tie_fields import ARRAY, LINK, TIE

#: By (layer, node type); what does not change stands in layer 0.
TYPE: Final[tuple[Field, ...]] = (
    ("first", "i8", "index", "its first node; its nodes follow each other"),
    ("count", "i8", "1", "its nodes"),
    ("accelerators", "i8", "1", "accelerators per node"),
    ("cpus", "i8", "1/1000", "cpus per node"),
    ("memory", "i8", "MiB", "memory per node"),
    ("most", "i8", "1", "scratch: the most free accelerators of a node of a layer"),
    ("total", "i8", "1", "the free accelerators of all its nodes"),
    ("idle", "i8", "1", "scratch: its nodes with all accelerators free"),
    ("part", "i8", "1/1000", "scratch: the most that is left of a device"),
    ("held", "i8", "1", "the head's tasks that its nodes hold at the shadow time"),
    ("before", "i8", "1", "the head's tasks that they hold just before it"),
    ("bits", "i8", "index", "its level 0 in bits"),
    ("stride", "i8", "1", "rows of bits a level: words and their summary"),
    ("width", "i8", "1", "words a level"),
    ("broken", "i8", "index", "in bits: its nodes with a device that is broken and has something left, now"),
    ("occupied", "i8", "index", "in bits: its levels that are not empty"),
    ("level_words", "i8", "1", "words of that set"),
    ("counts", "i8", "index", "its level 0 in counts"),
)

#: By (layer, node). Layer 0 is now, 1 the shadow of EASY less the head's reservation (on the nodes of that only), 2 the
#: view, 3 the row at the shadow time without the reservation, the others are rows of the book.
NODE: Final[tuple[Field, ...]] = (
    ("free", "i8", "1", "empty devices, less those promised whole"),
    ("cpus", "i8", "1/1000", "free cpus"),
    ("memory", "i8", "MiB", "free memory"),
    ("type", "i8", "index", "node type"),
    ("rack", "i8", "index", "rack"),
    ("slots", "i8", "index", "its first device; its devices follow each other"),
    ("level", "i8", "index", "layers 0 and 3: its level in the index"),
)

#: By (layer, device); kept only where the workload has fractions.
DEVICE: Final[tuple[Field, ...]] = (
    ("free", "i8", "1/1000", "what is left of it"),
    ("owner", "i8", "job", "layer 0: the job that holds it whole, or starts on it in this pass; -1: none"),
)

QUEUE: Final[tuple[Field, ...]] = (
    ("job", "i8", "job", "waiting jobs in order, from clock.head to clock.tail; -1: one that has left (indexed)"),
    ("key", "i8", "code", "the order's key of that job, lowest first, in the last pass; of no use where jobs age"),
    ("cross", "i8", "ms", "where jobs age: before this instant it does not change places with the next one"),
    ("ask", "i4", "index", "what that job asks, in asks"),
    ("group", "i4", "index", "its group, where jobs share in groups, else its shape; 0: none"),
    ("candidate", "i8", "job", "scratch: the jobs that backfill tries, in its order"),
    ("rank", "i8", "code", "scratch: the key of that candidate in the order of backfill, lowest first"),
)

#: By place in FEATURES or FACTORS: what the order weighs it with.
WEIGHT: Final[tuple[Field, ...]] = (
    ("weight", "f8", "1", "0: the order leaves it out"),
    ("behind", "f8", "1", "the same of the order of backfill"),
    ("whole", "f8", "1", "multifactor: the amount that makes the factor 1; 0: there is none"),
)

#: Under fgd: kinds of tasks that have been submitted, the most frequent first.
KIND: Final[tuple[Field, ...]] = (
    ("ask", "i8", "index", "the first ask of the kind, in asks"),
    ("tasks", "i8", "1", "tasks submitted"),
)

#: By (node, whole accelerators of a task; 0: a part of one): under gpu-clustering, what runs.
CLASS: Final[tuple[Field, ...]] = (("tasks", "i8", "1", "tasks"),)

#: Scratch: the broken devices of a node.
SEEN: Final[tuple[Field, ...]] = (
    ("left", "i8", "1/1000", "what is left of it"),
    ("slot", "i8", "index", "its place on the node"),
)

TIMER: Final[tuple[Field, ...]] = (
    ("t", "i8", "ms", "when it falls due"),
    ("what", "i8", "code", "kind of TIMERS times 2**48, plus the id"),
    ("epoch", "i8", "1", "of its job when it was set"),
)

#: Amounts reserved for a waiting job, linked by `next`; the first clock.scratch rows hold the last placement.
HOLD: Final[tuple[Field, ...]] = (
    ("node", "i8", "index", "node"),
    ("slot", "i8", "index", "device of the node, for fractions; -1: none"),
    ("amount", "i8", "1", "tasks there"),
    ("next", "i8", "index", "next row of the same job, or next unused row; -1: none"),
    ("known", "i8", "1", "the first row of a job: changes that it knows; below 0: it is not at rest"),
)

#: What will be free, by time: row k holds from its time to that of row k + 1.
BOOK: Final[tuple[Field, ...]] = (
    ("t", "i8", "ms", "from when it holds; EASY: the shadow's is beyond every instant where nobody is promised room"),
    ("layer", "i8", "index", "its layer in nodes and devices"),
    ("begins", "i8", "1", "reservations that begin here"),
    ("frees", "i8", "1", "reservations and running jobs that end here by walltime"),
)

CLOCK: Final[tuple[Field, ...]] = (
    ("now", "i8", "ms", "instant of the last step; -1: none yet"),
    ("rounds", "i8", "1", "steps made at that instant before the last"),
    ("order", "i8", "code", "ORDERS"),
    ("backfill", "i8", "code", "BACKFILLS"),
    ("behind", "i8", "code", "ORDERS: in which easy-sjbf tries the jobs behind the head"),
    ("placement", "i8", "code", "PLACEMENTS"),
    ("depth", "i8", "1", "jobs that a pass looks at in order; 0: all"),
    ("backfill_depth", "i8", "1", "jobs behind the head that backfill looks at; 0: all"),
    ("reservations", "i8", "1", "EASY: blocked jobs that a pass reserves for"),
    ("age_rate", "i8", "1e-6/h", "what an hour of waiting adds to the priority"),
    ("ageing", "i8", "0/1", "keys change with time as jobs age, all alike"),
    ("anew", "i8", "0/1", "keys change with time and are worked out anew in each pass, or queues are by platform"),
    ("cross", "i8", "ms", "before this instant no two waiting jobs change places"),
    ("max_age", "i8", "ms", "waiting beyond it adds nothing"),
    ("estimate", "i8", "code", "ESTIMATES"),
    ("learns", "i8", "0/1", "run times are predicted from those that have ended"),
    ("fair_share", "i8", "code", "FAIR_SHARES"),
    ("favor_small", "i8", "0/1", "the size factor is large for small jobs"),
    ("period", "i8", "ms", "usage decays at its multiples"),
    ("decay", "i8", "2**-32", "what a period leaves of usage"),
    ("users", "i8", "1", "users that have submitted a job"),
    ("shared", "i8", "ms", "the multiple of the period of which the users' factors are; -1: they are to be made anew"),
    ("fractions", "i8", "0/1", "devices are kept"),
    ("cpu_only", "i8", "0/1", "some job asks no accelerator"),
    ("jobs", "i8", "1", "jobs known, posted ones included"),
    ("asks", "i8", "1", "distinct asks of those jobs"),
    ("known", "i8", "1", "jobs whose submit comes from the cursor"),
    ("cursor", "i8", "job", "next job to be submitted"),
    ("posted", "i8", "1", "posted jobs not yet submitted"),
    ("posted_rows", "i8", "1", "start rows that those can make at most"),
    ("head", "i8", "index", "first waiting job in queue"),
    ("tail", "i8", "index", "behind the last waiting job in queue"),
    ("running", "i8", "1", "running jobs"),
    ("timers", "i8", "1", "timers set, stale ones included"),
    ("log", "i8", "1", "rows of the log"),
    ("pending_rows", "i8", "1", "start rows that the waiting jobs can make at most"),
    ("book", "i8", "1", "rows of the book"),
    ("spare_hold", "i8", "index", "first returned row of holds; -1: none"),
    ("holds", "i8", "index", "behind the last row of holds ever used"),
    ("scratch", "i8", "1", "first rows of holds, for the placement last tried"),
    ("key_call", "i8", "address", "a user's key, compiled; 0: none"),
    ("keys_call", "i8", "address", "what writes the keys of waiting jobs before a pass; 0: nobody"),
    ("behind_call", "i8", "address", "a user's key of backfill, compiled; 0: none"),
    ("behinds_call", "i8", "address", "what writes such keys before backfill; 0: nobody"),
    ("victims_call", "i8", "address", "a user's key of victims, compiled; 0: none"),
    ("victims_asked", "i8", "address", "what writes such keys of the candidates; 0: nobody"),
    ("victims_listed", "i8", "1", "how many candidates it is asked about"),
    ("score_call", "i8", "address", "a user's score"),
    ("score_rows", "i8", "address", "scored, with which it is called"),
    ("unscored", "i8", "1", "listed nodes of which one has no score; 0: none has failed"),
    ("placing", "i8", "job", "scratch: the job that is placed"),
    ("rest", "i8", "1", "scratch: its tasks that are not placed yet"),
    ("kinds", "i8", "1", "kinds of tasks submitted"),
    ("all_tasks", "i8", "1", "tasks submitted"),
    ("typical", "i8", "1", "the most frequent kinds that are typical"),
    ("typical_tasks", "i8", "1", "tasks of those"),
    ("most_cpus", "i8", "1/1000", "cpus of the largest node"),
    ("most_left", "i8", "1/1000", "accelerators of the largest node"),
    ("sharing", "i8", "0/1", "jobs are asked for quota, or for limits, or a platform queues strictly"),
    ("quotas", "i8", "0/1", "jobs are asked for quota"),
    ("flavors", "i8", "code", "FLAVORS"),
    ("strict", "i8", "0/1", "a platform queues strictly"),
    ("groups", "i8", "1", "groups known"),
    ("answered", "i8", "bits", "groups of which it is known on which node types they may start, as usage is"),
    ("denied", "i8", "bits", "of these, the groups that may not start anywhere"),
    ("barred", "i8", "bits", "scratch: groups that cannot start behind the head"),
    ("barred_long", "i8", "bits", "scratch: those that cannot where they would still run at the shadow time"),
    ("arrived", "i8", "job", "the job submitted in this step; -1: none, -2: several"),
    ("moved", "i8", "0/1", "jobs have changed places since the last pass by quotas"),
    ("stuck", "i8", "job", "the head that it left waiting; -1: none"),
    ("preemption", "i8", "code", "PREEMPTIONS"),
    ("first_until", "i8", "ms", "up to this instant some job may go first in its tier; -1: none"),
    ("lowest_tier", "i8", "1", "of all jobs known: nobody is evicted for a job of it"),
    ("preempt_after", "i8", "ms", "a job that has run for less is evicted by nobody"),
    ("victims", "i8", "code", "VICTIMS"),
    ("queue", "i8", "code", "QUEUES"),
    ("fair_sharing", "i8", "0/1", "by platform: heads and victims by the shares of what platforms borrow"),
    ("usage_half_life", "i8", "ms", "by platform: what tenants have consumed halves in it; 0: it does not matter"),
    ("usage_rest", "i8", "2**-32", "what the time between two samples leaves of that"),
    ("sampled", "i8", "ms", "instant of the last sample"),
    ("stamp", "i8", "1", "scratch: starts, evictions and quota kept, in passes by platform so far"),
    ("leaving", "i8", "1", "scratch: of the running jobs that are listed, those that leave"),
    ("runs_listed", "i8", "0/1", "scratch: running jobs are listed by platform"),
    ("time_slice", "i8", "ms", "round-robin: how long a round is"),
    ("plan", "i8", "1", "scratch: rows of plan in use"),
    ("coming_back", "i8", "1", "where a policy preempts: start rows that the running jobs can make at most once more"),
    ("promised", "i8", "job", "the head that is reserved for"),
    ("failed", "i8", "1", "a job whose key is none, plus 1; 0: none"),
    ("failed_key", "i8", "code", "whose key it is: 0 of the order, 1 of backfill, 2 of victims"),
    ("booked", "i8", "0/1", "the book says what will be free: conservative backfill, or several reservations"),
    ("profiled", "i8", "0/1", "one profile per node instead of the book: no job asks a fraction"),
    ("step_rows", "i8", "1", "rows of steps in use"),
    ("spare_step", "i8", "index", "first returned row of steps; -1: none"),
    ("steps_end", "i8", "index", "behind the last row of steps ever used"),
    ("notes", "i8", "1", "changes of what is free over time so far (conservative)"),
    ("wake", "i8", "ms", "the earliest reserved start; -1: none"),
    ("quiet", "i8", "0/1", "the last pass started nothing, and no amount has changed since"),
    ("freed", "i8", "0/1", "room that the book had given away has come back"),
    ("blocked", "i8", "job", "the head that the last pass left waiting; -1: none"),
    ("limited", "i8", "0/1", "the last pass ended at the depth limit"),
    ("watched", "i8", "0/1", "a watched job changed in the last step"),
    ("next", "i8", "ms", "when something falls due next; -1: never"),
    ("open", "i8", "0/1", "a scheduler makes its pass"),
    ("before", "i8", "index", "row of the log at which that pass began"),
    ("fresh", "i8", "index", "first place of the queue that the jobs of this instant have taken"),
    ("listed", "i8", "index", "places of the queue below this one are in its index"),
    ("indexed", "i8", "0/1", "the queue keeps its places and an index (EASY, no depth, each job behind all others)"),
    ("shapes", "i8", "1", "shapes known"),
    ("waiting", "i8", "1", "waiting jobs"),
    ("cpus", "i8", "0/1", "some job asks cpus"),
    ("changes", "i8", "1", "changes of what nodes hold so far (EASY)"),
    ("run_rows", "i8", "1", "start rows of running jobs"),
    ("spare_run", "i8", "index", "first returned row of runs; -1: none"),
    ("runs", "i8", "index", "behind the last row of runs ever used"),
    ("projected", "i8", "job", "the head for which the row at the shadow time is kept; -1: none"),
    ("projected_types", "i8", "code", "the node types on which it is looked for"),
    ("shadow", "i8", "ms", "the shadow time of that row"),
    ("seen", "i8", "1", "changes that it has taken in"),
    ("reserved", "i8", "1", "rows of the head's reservation"),
    ("part_head", "i8", "0/1", "the head that is reserved for asks a part of a device"),
    ("viewed", "i8", "0/1", "the shadow and the view have the devices of the head's nodes too"),
    ("placed", "i8", "0/1", "the reservation is still that of the row at the shadow time"),
    ("tested", "i8", "bits", "scratch: shapes for which it has been worked out whether they may start now"),
    ("able", "i8", "bits", "scratch: those that may"),
    ("tested_view", "i8", "bits", "scratch: the same in the view"),
    ("able_view", "i8", "bits", "scratch: those that may"),
    ("summed", "i8", "0/1", "scratch: the sums of the view are up to date"),
    ("tied", "i8", "0/1", "some job comes after others, or is of an array"),
    ("held", "i8", "1", "held jobs"),
    ("due", "i8", "1", "scratch: jobs to be looked at, of those that are tied"),
    ("steps", "i8", "1", "steps made: exact work count"),
    ("visits", "i8", "1", "nodes looked at: exact work count"),
)

NOW, SHADOW, VIEW, PROJECTED, FIRST_ROW = 0, 1, 2, 3, 4

#: Beyond every instant (ms).
FOREVER = 2**62

#: A block of the queue has 2**BLOCK_BITS places.
BLOCK_BITS = 5

JOB_DTYPE: Final = dtype_of(JOB)
ASK_DTYPE: Final = dtype_of(ASK)
OWNER_DTYPE: Final = dtype_of(OWNER)
TYPE_DTYPE: Final = dtype_of(TYPE)
NODE_DTYPE: Final = dtype_of(NODE)
DEVICE_DTYPE: Final = dtype_of(DEVICE)
QUEUE_DTYPE: Final = dtype_of(QUEUE)
TIMER_DTYPE: Final = dtype_of(TIMER)
HOLD_DTYPE: Final = dtype_of(HOLD)
BOOK_DTYPE: Final = dtype_of(BOOK)
LOG_DTYPE: Final = log_dtype()
CLOCK_DTYPE: Final = dtype_of(CLOCK)
HOST_DTYPE: Final = dtype_of(index.HOST)
RUN_DTYPE: Final = dtype_of(index.RUN)
CHANGE_DTYPE: Final = dtype_of(index.CHANGE)
BITS_DTYPE: Final = dtype_of(index.BITS)
COUNT_DTYPE: Final = dtype_of(index.COUNT)
SHAPE_DTYPE: Final = dtype_of(index.SHAPE)
BLOCK_DTYPE: Final = dtype_of(index.BLOCK)
LEAF_DTYPE: Final = dtype_of(index.LEAF)
TREE_DTYPE: Final = dtype_of(index.TREE)
RESERVED_DTYPE: Final = dtype_of(index.RESERVED)
COMING_DTYPE: Final = dtype_of(index.COMING)
STEP_DTYPE: Final = dtype_of(index.STEP)
SPAN_DTYPE: Final = dtype_of(index.SPAN)
NOTE_DTYPE: Final = dtype_of(index.NOTE)
KEY_DTYPE: Final = dtype_of(KEY)
WEIGHT_DTYPE: Final = dtype_of(WEIGHT)
KIND_DTYPE: Final = dtype_of(KIND)
CLASS_DTYPE: Final = dtype_of(CLASS)
SEEN_DTYPE: Final = dtype_of(SEEN)
USER_DTYPE: Final = dtype_of(USER)
ACCOUNT_DTYPE: Final = dtype_of(ACCOUNT)
HABIT_DTYPE: Final = dtype_of(HABIT)
RECENT_DTYPE: Final = dtype_of(RECENT)
ESTIMATE_DTYPE: Final = dtype_of(ESTIMATE)
QUOTA_TREE_DTYPE: Final = dtype_of(TREE)
QUOTA_DTYPE: Final = dtype_of(QUOTA)
TIE_DTYPE: Final = dtype_of(TIE)
LINK_DTYPE: Final = dtype_of(LINK)
ARRAY_DTYPE: Final = dtype_of(ARRAY)
REVISION_DTYPE: Final = dtype_of(REVISION)
LIMIT_DTYPE: Final = dtype_of(LIMIT)
CIRCLE_DTYPE: Final = dtype_of(CIRCLE)
GROUP_DTYPE: Final = dtype_of(GROUP)
ATTEMPT_DTYPE: Final = dtype_of(ATTEMPT)
HEAD_DTYPE: Final = dtype_of(HEAD)
TENANT_DTYPE: Final = dtype_of(TENANT)
CANDIDATE_DTYPE: Final = dtype_of(CANDIDATE)
PREEMPTOR_DTYPE: Final = dtype_of(PREEMPTOR)
PLAN_DTYPE: Final = dtype_of(PLAN)
DOMINANT_DTYPE: Final = dtype_of(DOMINANT)

Array = npt.NDArray[Any]


class State(NamedTuple):
    """All that the core knows; see the declarations above for units and meanings."""

    jobs: Array
    asks: Array
    owners: Array
    types: Array
    nodes: Array
    devices: Array
    queue: Array
    blocks: Array
    timers: Array
    holds: Array
    book: Array
    log: Array
    clock: Array
    hosts: Array
    runs: Array
    changes: Array
    bits: Array
    counts: Array
    shapes: Array
    waits: Array
    trees: Array
    earliest: Array
    reserved: Array
    coming: Array
    steps: Array
    spans: Array
    notes: Array
    keys: Array
    weights: Array
    kinds: Array
    classes: Array
    seen: Array
    users: Array
    accounts: Array
    habits: Array
    recent: Array
    scored: Array  # f8, by (0: the job that is placed, then the nodes that can take a task; what a score sees)
    estimates: Array
    tree: Array
    quotas: Array
    ties: Array
    links: Array
    arrays: Array
    revisions: Array
    potentials: Array  # i8, by (revision, tree): what `most` is of its node type from then on
    limits: Array
    circles: Array
    groups: Array
    attempts: Array
    heads: Array  # by node of the quota tree
    candidates: Array
    preemptor: Array
    tenants: Array
    plan: Array
    dominants: Array
    thresholds: Array  # i8, ms: under las, the accelerator time at which a job enters the next queue


def table(shape: int | tuple[int, ...], dtype: np.dtype[np.void]) -> Array:
    """Return an array of zeroed rows that reads `a[i].field` with the JIT on and off."""
    rows = np.zeros(shape, dtype)
    return rows if JIT else rows.view(np.recarray)


def grown(rows: Array, need: int) -> Array:
    """Return a copy with at least `need` rows (first axis), at least twice as many as before."""
    # Zeros take no memory until they are written: far less than a join of old and new rows.
    larger = table((max(need, 2 * len(rows)), *rows.shape[1:]), rows.dtype)
    larger[: len(rows)] = rows
    return larger
