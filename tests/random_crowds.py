"""Random scenarios in which jobs of higher tiers find a crowd of running jobs that they may evict."""

from onecenter_kernels import codes
from random_scenarios import RandomScenario, Seeded

from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import type_code, workload

#: Streams 0 to 2 are crowds of tiers 0 to 2; the jobs of stream 3 come later.
STREAMS = 4


def crowded_scenario(seed: int) -> RandomScenario:
    """Return a scenario of long jobs of low tiers, and then short ones of a high tier."""
    choices = Seeded(seed)
    types = choices.pick((1, 1, 2))
    fleet = tuple(
        NodeType(f"type{k}", choices.pick((2, 3, 4)), choices.pick((2, 3, 4)), 16_000, 32) for k in range(types)
    )
    crowd, late = choices.pick((6, 9, 12, 15)), choices.pick((3, 5, 7))
    rows = [low_job(choices, types) for _ in range(crowd)] + [high_job(choices, types) for _ in range(late)]
    rows.sort(key=lambda row: row["submit"])
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    sharing = Sharing((Member(),), classes=tuple(class_of(choices, tier) for tier in range(STREAMS)))
    policy = Policy(
        choices.pick(("fifo", "fifo", "sjf", "largest-first")),
        choices.pick(("none", "easy", "easy-sjbf")),
        choices.pick(codes.PLACEMENTS),
        preemption="tier",
        preempt_after=choices.pick((0, 0, 0, 3)),
    )
    jobs = workload(("one", "two"), tuple("abcd"), sharing=sharing, **columns)
    return RandomScenario(fleet, policy, jobs, None)


def low_job(choices: Seeded, types: int) -> dict[str, int]:
    """Return the columns of a long job of a low tier."""
    run = choices.pick((15, 20, 30, 40))
    shape = choices.pick(((1000, 1), (1000, 1), (2000, 1), (1000, 2), (500, 1), (300, 2)))
    return job(choices, types, choices.pick((0, 0, 1, 2, 3, 5)), run, shape) | {"stream": choices.pick((0, 0, 1, 2))}


def high_job(choices: Seeded, types: int) -> dict[str, int]:
    """Return the columns of a short job of the highest tier."""
    shape = choices.pick(((1000, 1), (2000, 1), (1000, 3), (2000, 2), (500, 1), (4000, 1)))
    return job(choices, types, choices.pick((4, 6, 7, 9, 12, 15)), choices.pick((2, 3, 5)), shape) | {"stream": 3}


def job(choices: Seeded, types: int, submit: int, run: int, shape: tuple[int, int]) -> dict[str, int]:
    """Return what both have; a shape is accelerators (1/1000) of a task, and tasks."""
    allowed = choices.pick(([0], [0, 1], [1, 0])) if types == 2 else [0]
    return {
        "submit": submit,
        "run": run,
        "walltime": run * choices.pick((1, 2, 3)),
        "accelerators": shape[0],
        "tasks": shape[1],
        "types": type_code(allowed),
        "platform": choices.pick((0, 1)),
        "tenant": choices.pick((0, 1, 2)),
        "priority": choices.pick((0, 0, 1, 3)),
        "cpus": choices.pick((0, 1000, 1500)),
        "memory": choices.pick((0, 1, 3)),
        "deadline": choices.pick((-1, 20, 40)),
    }


def class_of(choices: Seeded, tier: int) -> JobClass:
    """Return a class of a tier."""
    every = choices.pick((0, 2, 3))
    return JobClass(
        tier=tier,
        grace=choices.pick((0, 0, 0, 1, 3)),
        preemptible=not choices.chance(8),
        requeue=choices.pick((-1, -1, 1, 3)),
        every=every,
        write=choices.pick((0, 1)) if every else 0,
        restart=choices.pick((0, 1)) if every else 0,
    )
