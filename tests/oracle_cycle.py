"""The naive twin of Kueue's cycle: in which order the first jobs of platforms are looked at. It imports no kernel."""

from collections.abc import Mapping, Sequence

from oracle_victims import Ask, Classical, Fair, Job, Node


def by_itself(n: int, heads: Mapping[int, Ask]) -> tuple[int, int, int]:
    """Return what decides between heads that borrow alike."""
    return -heads[n].priority, heads[n].since, heads[n].job if heads[n].job >= 0 else n


def height(nodes: Sequence[Node], n: int) -> int:
    """Return the steps to the furthest node below."""
    return max((1 + height(nodes, child) for child, node in enumerate(nodes) if node.parent == n), default=0)


def level(nodes: Sequence[Node], running: Sequence[Job], ask: Ask) -> int:
    """Return the height of the lowest node whose quota holds what is asked."""
    choice = Classical(nodes, running, ask)
    quota, rest = choice.quota(ask.kind), ask.amount
    for n in choice.path(ask.node):
        if n == 0 or quota.usage(n) + rest <= quota.subtree(n):
            return height(nodes, n)
        rest -= quota.local_available(n)
    raise AssertionError


def classical(nodes: Sequence[Node], running: Sequence[Job], heads: Mapping[int, Ask]) -> list[int]:
    """Return platforms in order."""
    return sorted(heads, key=lambda n: (level(nodes, running, heads[n]), *by_itself(n, heads)))


def winner(nodes: Sequence[Node], running: Sequence[Job], heads: Mapping[int, Ask], n: int = 0) -> int:
    """Return the platform at or below a node whose head goes first; -1: there is none."""
    if nodes[n].platform:
        return n if n in heads else -1
    ranks = []
    for child in (child for child, node in enumerate(nodes) if node.parent == n):
        found = winner(nodes, running, heads, child)
        if found >= 0:
            choice = Fair(nodes, running, heads[found])
            choice.asking = True
            ranks.append((choice.exceeds(child), choice.share(child), *by_itself(found, heads), found))
    return min(ranks)[-1] if ranks else -1


def fair(nodes: Sequence[Node], running: Sequence[Job], heads: Mapping[int, Ask]) -> list[int]:
    """Return platforms in order, as if none of the jobs that are looked at started."""
    left, order = dict(heads), []
    while left:
        order.append(winner(nodes, running, left))
        del left[order[-1]]
    return order
