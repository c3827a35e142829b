"""Names behind the integer codes of the core: the position of a name in its tuple is its code."""

from typing import Final

#: Orders by whole numbers, then those of the literature by a float.
ORDERS: Final = (
    "fifo",
    "sjf",
    "smallest-first",
    "largest-first",
    "priority",
    "ljf",
    "smallest-area",
    "largest-area",
    "f1",
    "f2",
    "f3",
    "f4",
    "edf",
    "wfp3",
    "unicep",
    "hrrn",
    "qssf",
)
FIFO, SJF, SMALLEST_FIRST, LARGEST_FIRST, PRIORITY = range(5)
LJF, SMALLEST_AREA, LARGEST_AREA, F1, F2, F3, F4, EDF, WFP3, UNICEP, HRRN, QSSF = range(5, len(ORDERS))

#: A weighted sum of features; behind the orders that have a name alone.
LINEAR: Final = len(ORDERS)

#: A user's key.
KEY: Final = LINEAR + 1

#: Slurm's multifactor priority.
MULTIFACTOR: Final = KEY + 1

#: Orders of all live jobs, running and waiting, under which those evict who go first.
LIVE_ORDERS: Final = ("srtf", "srsf", "las", "round-robin", "drf")
SRTF, SRSF, LAS, ROUND_ROBIN, DRF = range(MULTIFACTOR + 1, MULTIFACTOR + 1 + len(LIVE_ORDERS))

#: What an order may weigh: instants and times in s, accelerators, cpus and memory (GiB) of the whole job.
FEATURES: Final = ("submit", "walltime", "wait", "accelerators", "tasks", "area", "cpus", "memory", "priority")

#: What the multifactor priority weighs, each as a share of the most that there can be; qos as it is.
FACTORS: Final = ("age", "fairshare", "size", "qos", "accelerators", "cpus", "memory")

#: How the fairshare factor of who submits follows from shares and usage; see Slurm's pages of these names.
FAIR_SHARES: Final = ("tree", "classic")
TREE, CLASSIC = range(2)

#: What is taken for a job's run time where it is not known yet.
ESTIMATES: Final = ("walltime", "run time", "recent average")
BY_WALLTIME, BY_RUN_TIME, BY_RECENT_AVERAGE = range(3)

BACKFILLS: Final = ("none", "easy", "easy-sjbf", "conservative")
NONE, EASY, EASY_SJBF, CONSERVATIVE = range(4)

#: Those from `random` on give each node a score.
PLACEMENTS: Final = (
    "first-fit",
    "best-fit",
    "worst-fit",
    "fewest-racks",
    "random",
    "dot-product",
    "gpu-packing",
    "gpu-clustering",
    "fgd",
)
FIRST_FIT, BEST_FIT, WORST_FIT, FEWEST_RACKS, RANDOM, DOT_PRODUCT, GPU_PACKING, GPU_CLUSTERING, FGD = range(9)

#: A user's score; behind the placements that have a name.
SCORE: Final = len(PLACEMENTS)

#: Amounts of the quota tree.
AMOUNTS: Final = ("nominal", "borrowing_limit", "lending_limit")
NOMINAL, BORROWING, LENDING = range(3)

#: In which order the node types on which a job has quota are tried.
FLAVORS: Final = ("as-listed", "next-before-borrowing")
AS_LISTED, NEXT_BEFORE_BORROWING = range(2)

SPREADS: Final = ("tasks", "any")
SPREAD_TASKS, SPREAD_ANY = range(2)

#: Whom a waiting job may evict, of its own platform and of others that borrow.
PREEMPTION_POLICIES: Final = ("never", "lower-priority", "lower-or-newer-equal-priority", "any")
P_NEVER, P_LOWER, P_LOWER_OR_NEWER, P_ANY = range(4)

#: How victims are chosen: by quota alone; by shares after an eviction, before it, and by the one, then the other.
VICTIM_RULES: Final = ("classical", "final-share", "initial-share", "final-then-initial-share")
V_CLASSICAL, V_FINAL, V_INITIAL, V_BOTH = range(4)

#: By what right a running job may be evicted: it is in the preemptor's platform; a quota nearer to the preemptor
#: holds what is asked; the preemptor borrows nothing; it does, but policies allow it; the platform's share is larger.
CLAIMS: Final = ("none", "within", "advantage", "nominal", "borrowing", "share")
C_NONE, C_WITHIN, C_ADVANTAGE, C_NOMINAL, C_BORROWING, C_SHARE = range(6)

#: What falls due at one instant, in the order in which it is applied.
TIMERS: Final = ("end", "node up", "node down", "change", "cancel", "submit", "withdraw")
T_END, T_NODE_UP, T_NODE_DOWN, T_CHANGE, T_CANCEL, T_SUBMIT, T_WITHDRAW = range(7)

#: Kinds of rows of the decision log. No run writes those from `node up` to `window` but `change` yet.
EVENTS: Final = (
    "submit",
    "refuse",
    "start",
    "end",
    "kill",
    "cancel",
    "limit",
    "evict",
    "requeue",
    "node up",
    "node down",
    "change",
    "window",
    "release",
)
(
    E_SUBMIT,
    E_REFUSE,
    E_START,
    E_END,
    E_KILL,
    E_CANCEL,
    E_LIMIT,
    E_EVICT,
    E_REQUEUE,
    E_NODE_UP,
    E_NODE_DOWN,
    E_CHANGE,
    E_WINDOW,
    E_RELEASE,
) = range(14)

#: Why a job waits; the first that applies is told.
REASONS: Final = (
    "",
    "held",
    "depth",
    "limit",
    "quota",
    "node type",
    "no free accelerator",
    "cpu or memory",
    "fragmentation",
    "reservation ahead",
    "queue ahead",
)
(
    R_NONE,
    R_HELD,
    R_DEPTH,
    R_LIMIT,
    R_QUOTA,
    R_NODE_TYPE,
    R_NO_FREE,
    R_CPU_MEMORY,
    R_FRAGMENTATION,
    R_RESERVATION,
    R_QUEUE,
) = range(11)

#: How a job's own program would end.
OUTCOMES: Final = ("completed", "failed", "cancelled_running")
COMPLETED, FAILED, CANCELLED_RUNNING = range(3)

#: How a job ends if it is not killed; the reason column of an `end` row holds it.
ENDINGS: Final = (*OUTCOMES, "preempted")
PREEMPTED: Final = len(OUTCOMES)

#: Whom a job may evict.
PREEMPTIONS: Final = ("none", "tier", "kueue", "order", "scheduler")
NO_PREEMPTION, BY_TIER, BY_QUOTA, BY_ORDER, BY_SCHEDULER = range(5)

#: One queue for all jobs, or one of each platform.
QUEUES: Final = ("single", "by-platform")
SINGLE, BY_PLATFORM = range(2)

#: Why a job is evicted: for one of its own platform, of a higher tier, or before it in the order; for one of a platform
#: that takes back quota.
EVICTIONS: Final = ("preempted", "reclaimed")
EVICTED, RECLAIMED = range(2)

#: What a plan has for a live job: no place, that which it has, another one, or its own as nobody may evict it.
PLANS: Final = ("passed over", "kept", "placed", "spared")
PASSED_OVER, KEPT, PLACED, SPARED = range(4)

#: In which order jobs are evicted; behind them comes a key of the user's own.
VICTIMS: Final = ("lowest-tier", "least-lost")
LOWEST_TIER, LEAST_LOST, OF_USER = range(3)

#: Where a job is in its life; one that is held waits, and is not in the queue.
STATES: Final = ("future", "waiting", "running", "ended", "cancelled", "refused", "held")
S_FUTURE, S_WAITING, S_RUNNING, S_ENDED, S_CANCELLED, S_REFUSED, S_HELD = range(7)
