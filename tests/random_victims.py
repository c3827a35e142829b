"""Random quota trees with running jobs and one that asks for more than is available."""

import numpy as np
from onecenter_kernels.codes import PREEMPTION_POLICIES, VICTIM_RULES
from oracle_victims import Ask, Choice, Job, Node

#: Thousandths: so that shares are often alike.
UNIT = 500

WEIGHTS = (0, 500, 1000, 1000, 1000, 2000)


def drawn_tree(generator: np.random.Generator, kinds: int) -> list[Node]:
    """Return a tree of up to three levels below the center, most of whose nodes have no limits."""
    parents, depths, cohorts = [-1], [0], int(generator.integers(1, 5))
    for _ in range(cohorts - 1):
        parents.append(int(generator.choice([n for n, depth in enumerate(depths) if depth < 2])))
        depths.append(depths[parents[-1]] + 1)
    parents += generator.integers(0, cohorts, int(generator.integers(2, 6))).tolist()
    return [node_of(generator, n, parent, n >= cohorts, kinds) for n, parent in enumerate(parents)]


def node_of(generator: np.random.Generator, n: int, parent: int, platform: bool, kinds: int) -> Node:
    """Return a random node."""
    most = 9 if platform else 5
    nominal = (generator.integers(0, most, kinds) * (generator.random(kinds) < 0.6)).tolist()
    limited = (generator.random((2, kinds)) < 0.15) & (n > 0)
    borrowing, lending = np.where(limited, UNIT * generator.integers(0, 9, (2, kinds)), -1).tolist()
    within, reclaim = generator.choice(PREEMPTION_POLICIES, 2, p=[0.1, 0.25, 0.25, 0.4]).tolist()
    return Node(
        parent,
        [UNIT * amount for amount in nominal],
        borrowing,
        lending,
        platform,
        int(generator.choice(WEIGHTS)),
        within,
        reclaim,
        bool(generator.random() < 0.5),
        int(generator.integers(-1, 3)),
    )


def drawn(seed: int, kinds: int = 2) -> tuple[list[Node], list[Job], Ask]:
    """Return a tree, what runs, within quotas for the most part, and who asks for more than is available."""
    generator = np.random.default_rng(seed)
    while True:
        nodes = drawn_tree(generator, kinds)
        platforms = [n for n, node in enumerate(nodes) if node.platform]
        running: list[Job] = []
        for k in range(int(generator.integers(6, 30))):
            job = drawn_job(generator, f"job {k:02}", platforms, kinds)
            quota = Choice(nodes, running, Ask(job.node, 0)).quota(job.kind)
            if job.amount <= quota.available(job.node) or generator.random() < 0.02:
                running.append(job)
        job = drawn_job(generator, "", platforms, kinds, 12)
        rule = str(generator.choice(VICTIM_RULES, p=[0.4, 0.1, 0.1, 0.4]))
        ask = Ask(job.node, job.amount, job.priority + int(generator.integers(2)), job.kind, job.since, rule)
        quota = Choice(nodes, running, ask).quota(ask.kind)
        if quota.available(ask.node) < ask.amount <= quota.potential(ask.node):
            return nodes, running, ask


def drawn_job(generator: np.random.Generator, name: str, platforms: list[int], kinds: int, most: int = 4) -> Job:
    """Return a random job of a platform."""
    amount, priority, since, admitted, tenant = generator.integers([1, -1, 0, 0, 0], [most, 3, 4, 3, 3]).tolist()
    node, kind = int(generator.choice(platforms)), int(generator.integers(kinds))
    return Job(name, node, UNIT * amount, priority, kind, since, admitted, bool(generator.random() < 0.1), tenant)
