"""The shapes of waiting jobs: what is worked out for one job holds for all that ask the same."""

from .jit import njit


@njit
def same_shape(job, shape):
    """Tell whether a job asks what a shape stands for."""
    return (
        job.accelerators == shape.accelerators
        and job.tasks == shape.tasks
        and job.cpus == shape.cpus
        and job.memory == shape.memory
        and job.types == shape.types
        and job.spread == shape.spread
    )


@njit
def shape_of(s, j):
    """Return the shape of job j, a new one as long as there are rows; else 0."""
    clock, job = s.clock[0], s.jobs[j]
    for k in range(1, clock.shapes):
        if same_shape(job, s.shapes[k]):
            return k
    if clock.shapes == len(s.shapes):
        return 0
    shape = s.shapes[clock.shapes]
    shape.types = job.types
    shape.accelerators = job.accelerators
    shape.cpus = job.cpus
    shape.memory = job.memory
    shape.tasks = job.tasks
    shape.spread = job.spread
    shape.job = j
    clock.shapes += 1
    return clock.shapes - 1


@njit
def shape_at(s, i):
    """Return the shape of the job in place i of the queue."""
    row = s.queue[i]
    if row.form < 0:
        row.form = shape_of(s, row.job)
    return row.form
