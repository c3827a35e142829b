"""The front of cost against waits."""

from onecenter.planning.candidates import Candidate


def pareto(candidates: list[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """Return of (cost, candidate) those that no other beats in both cost and worst wait, the cheapest first."""
    front: list[tuple[float, Candidate]] = []
    best = float("inf")
    for cost, candidate in sorted(candidates, key=lambda pair: (pair[0], pair[1].worst_wait or float("inf"))):
        wait = candidate.worst_wait
        if wait is not None and wait < best:
            front.append((cost, candidate))
            best = wait
    return front
