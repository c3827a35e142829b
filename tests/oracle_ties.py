"""The naive twin's held jobs: who may be released is worked out anew from the log each time."""

from typing import TYPE_CHECKING

from onecenter_kernels import codes

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job


def is_tied(job: "Job") -> bool:
    """Whether a job is held at its submit."""
    return bool(job.after) or job.array >= 0


def release_all(center: "Center") -> None:
    """Cancel or release the lowest job of which that is due, until there is none."""
    while due := [job for job in center.jobs if job.state == "held" and is_due(center, job)]:
        job = min(due, key=lambda job: job.id)
        if is_lost(center, job):
            center.cancel(job)
            continue
        job.state = "waiting"
        center.write(codes.E_RELEASE, job)


def is_due(center: "Center", job: "Job") -> bool:
    """Whether a held job is to be cancelled or released now."""
    return is_lost(center, job) or (is_ready(center, job) and has_place(center, job))


def is_lost(center: "Center", job: "Job") -> bool:
    """Whether a job that must complete before has ended in another way."""
    return any(needed and is_over(center, other) and not completed(center, other) for other, needed in job.after)


def is_over(center: "Center", job: int) -> bool:
    """Whether a job has ended, was cancelled or refused."""
    return center.jobs[job].state == "gone"


def completed(center: "Center", job: int) -> bool:
    """Whether a job has completed."""
    return any(
        (kind, number, reason) == (codes.E_END, job, codes.COMPLETED) for _, _, kind, number, *_, reason in center.log
    )


def ready_at(center: "Center", job: "Job") -> int | None:
    """Return from when on no other job holds a job (ms); None: one of them has not ended."""
    if not all(is_over(center, other) for other, _ in job.after):
        return None
    over = {number: t for t, _, _, number, *_ in center.log}
    return max([job.submit, *(over[other] + job.think for other, _ in job.after)])


def released_at(center: "Center", job: "Job") -> int | None:
    """Return the instant (ms) that releases a held job by itself; None: none does, or it is to be cancelled.

    Who is lost since somebody ended in a pass, evicted for good, is cancelled in the next step, whenever that is.
    """
    return None if is_lost(center, job) else ready_at(center, job)


def is_ready(center: "Center", job: "Job") -> bool:
    """Whether no other job holds a job any more."""
    ready = ready_at(center, job)
    return ready is not None and ready <= center.now


def has_place(center: "Center", job: "Job") -> bool:
    """Whether the array of a job lets it go: there is a place, and nobody before it waits for one alone."""
    if job.array < 0:
        return True
    mine = [each for each in center.jobs if each.array == job.array]
    taken = sum(each.state in ("waiting", "running") for each in mine)
    before = [each for each in mine if each.state == "held" and is_ready(center, each) and each.id < job.id]
    return taken < job.places and not before
