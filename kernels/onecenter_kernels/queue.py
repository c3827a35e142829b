"""The waiting jobs in the policy's order, and the running jobs by walltime end."""

from .codes import EASY, EASY_SJBF, FIFO, LARGEST_FIRST, PRIORITY, SJF, SMALLEST_FIRST
from .jit import njit

HOUR = 3_600_000
PRIORITY_UNIT = 1_000_000


@njit
def key_of(s, j, t):
    """Return the order's key of job j at instant t (ms), lowest first."""
    clock, job = s.clock[0], s.jobs[j]
    order = clock.order
    if order == FIFO:
        return int(job.submit)
    if order == SJF:
        return int(job.walltime)
    if order == PRIORITY:
        age = min(t - job.submit, clock.max_age)
        return -(job.priority * PRIORITY_UNIT + age * clock.age_rate // HOUR)
    gang = int(job.accelerators) * int(job.tasks)
    if order == SMALLEST_FIRST:
        return gang
    if order == LARGEST_FIRST:
        return -gang
    return 0


@njit
def goes_before(s, key_a, a, key_b, b):
    """Tell whether job a stands before job b: by key, submit, id."""
    if key_a != key_b:
        return key_a < key_b
    submit_a, submit_b = s.jobs[a].submit, s.jobs[b].submit
    if submit_a != submit_b:
        return submit_a < submit_b
    return a < b


@njit
def move(s, source, target):
    """Copy a place of the queue."""
    a, b = s.queue[source], s.queue[target]
    b.job = a.job
    b.key = a.key


@njit
def sink(s, i, j, key):
    """Put job j into place i of the queue or, moving others up, as far before it as its key says."""
    head = s.clock[0].head
    while i > head and goes_before(s, key, j, s.queue[i - 1].key, s.queue[i - 1].job):
        move(s, i - 1, i)
        i -= 1
    s.queue[i].job = j
    s.queue[i].key = key


@njit
def enqueue(s, j, t):
    """Let job j wait."""
    clock = s.clock[0]
    clock.tail += 1
    sink(s, clock.tail - 1, j, key_of(s, j, t))


@njit
def reorder(s, t):
    """Bring the queue into order where keys change with time."""
    clock = s.clock[0]
    if clock.order != PRIORITY or clock.age_rate == 0:
        return
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        sink(s, i, j, key_of(s, j, t))


@njit
def remove_at(s, i):
    """Take the job in place i out of the queue."""
    clock = s.clock[0]
    if i - clock.head < clock.tail - i:
        for k in range(i, clock.head, -1):
            move(s, k - 1, k)
        clock.head += 1
    else:
        for k in range(i, clock.tail - 1):
            move(s, k + 1, k)
        clock.tail -= 1


@njit
def place_of(s, j):
    """Return the place of waiting job j in the queue."""
    clock = s.clock[0]
    i = clock.head
    while s.queue[i].job != j:
        i += 1
    return i


@njit
def keep_waiting(s, state):
    """Take all jobs out of the queue that are no longer in this state."""
    clock = s.clock[0]
    kept = clock.head
    for i in range(clock.head, clock.tail):
        if s.jobs[s.queue[i].job].state == state:
            if kept != i:
                move(s, i, kept)
            kept += 1
    clock.tail = kept


@njit
def pack(s):
    """Move the queue to the front of its array."""
    clock = s.clock[0]
    n = clock.tail - clock.head
    for i in range(n):
        move(s, clock.head + i, i)
    clock.head = 0
    clock.tail = n


@njit
def walltime_end(s, j):
    """Return when running job j has used up its walltime (ms)."""
    return s.jobs[j].start + s.jobs[j].walltime


@njit
def running_place(s, j):
    """Return the place of job j among the running jobs by (walltime end, id)."""
    lo, hi = 0, s.clock[0].running
    end = walltime_end(s, j)
    while lo < hi:
        mid = (lo + hi) // 2
        other = s.queue[mid].running
        other_end = walltime_end(s, other)
        if other_end < end or (other_end == end and other < j):
            lo = mid + 1
        else:
            hi = mid
    return lo


@njit
def keeps_running(s):
    """Tell whether the policy looks at the running jobs in order."""
    backfill = s.clock[0].backfill
    return backfill == EASY or backfill == EASY_SJBF


@njit
def add_running(s, j):
    """Add a started job."""
    clock, queue = s.clock[0], s.queue
    if keeps_running(s):
        place = running_place(s, j)
        for i in range(clock.running, place, -1):
            queue[i].running = queue[i - 1].running
        queue[place].running = j
    clock.running += 1


@njit
def drop_running(s, j):
    """Drop a job that ends."""
    clock, queue = s.clock[0], s.queue
    clock.running -= 1
    if keeps_running(s):
        for i in range(running_place(s, j), clock.running):
            queue[i].running = queue[i + 1].running
