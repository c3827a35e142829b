"""The search for the best fleet: where late jobs cross what the targets allow, looked at ever more closely."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final

import numpy as np

from onecenter.planning.candidates import FIRST_REPLICATIONS, Candidates, Values
from onecenter.planning.crossing import Choice, choice
from onecenter.planning.fleets import Fleets

#: The confidence of an answer; and that at which a look before the last may end the search, as there are several.
LEVEL: Final = 0.95
EARLY: Final = 0.998

#: Fleets of which a round adds replications.
ROUND: Final = 5

#: All fleets together have at most this number times the replications that one may have: a mix has ever new rivals.
MAX_LOOKED: Final = 20

#: Fleets that miss by this factor or more at the first look, and all that are no larger in any type, are left out.
HOPELESS: Final = 2.0


def search(tried: Candidates, fleets: Fleets) -> Choice:
    """Look at fleets until the best one that meets every target is known, or each near it has all its replications.

    Where rivals are many, it ends when all fleets together have had MAX_LOOKED times the replications of one.
    """
    if len(fleets.allowed) == 1:
        tried.decided(fleets.allowed[0])
        return chosen(tried, fleets)
    explore(tried, fleets)
    found = chosen(tried, fleets)
    n = FIRST_REPLICATIONS
    while True:
        # The looks of one round are few: most of the replications go where the answer lies by then.
        n = min(2 * n, tried.most)
        for values in _round(fleets, found):
            tried.at(values, n)
        found = chosen(tried, fleets)
        spent = tried.replications >= MAX_LOOKED * tried.most and _looked(tried, fleets, found)
        if spent or len(set(found.within(EARLY))) == 1 or (n == tried.most and _all_looked(tried, fleets, found)):
            return found


def chosen(tried: Candidates, fleets: Fleets) -> Choice:
    """Return the best fleet that meets every target, by all that were tried."""
    allowed = fleets.counts
    hopeless = np.array([values for values, each in tried.tried.items() if each.pressure >= HOPELESS], np.int64)
    possible = np.ones(len(allowed), bool)
    for values in hopeless:
        possible &= (allowed > values).any(axis=1)
    places = np.flatnonzero(possible)
    found = choice([each.tried for each in tried.tried.values()], allowed[possible].reshape(-1, len(fleets.kinds)))
    of = np.append(places, len(allowed))
    return Choice(int(of[found.place]), of[found.resampled])


def explore(tried: Candidates, fleets: Fleets) -> None:
    """Look at fleets on both sides of where the targets begin to be met: on every line along the first node count."""
    lines: dict[Values, list[int]] = {}
    for first, *others in fleets.every:
        lines.setdefault(tuple(others), []).append(first)
    met: dict[Values, int] = {}
    for line, counts in sorted(lines.items()):
        known = [count for smaller, count in met.items() if all(a <= b for a, b in zip(smaller, line, strict=True))]
        count = _along(tried, line, sorted(counts), min(known, default=None))
        if count is not None:
            met[line] = count


def _along(tried: Candidates, others: Values, counts: Sequence[int], guess: int | None) -> int | None:
    """Return by bisection the least count of a line whose first look meets the targets, from a guess downwards."""
    low, high = -1, len(counts)
    if guess is not None:
        high = max(counts.index(guess), 0) if guess in counts else high
        step = 1
        while high > 0 and high - step > low and _meets(tried, (counts[max(high - step, 0)], *others)):
            high, step = max(high - step, 0), 2 * step
        low = max(high - step, -1) if high > 0 else -1
    while high - low > 1:
        middle = (low + high) // 2
        if _meets(tried, (counts[middle], *others)):
            high = middle
        else:
            low = middle
    return counts[high] if high < len(counts) else None


def _meets(tried: Candidates, values: Values) -> bool:
    return tried.at(values).pressure <= 1


def _round(fleets: Fleets, found: Choice) -> list[Values]:
    """Return the fleets that tell most: those among which the best lies, and the next smaller ones."""
    allowed = fleets.allowed
    if len(fleets.kinds) == 1:
        low, high = found.within(LEVEL)
        spread = np.linspace(low - 1, high, ROUND).round().astype(int).tolist()
        places = [found.place, found.place - 1, *spread]
        return [allowed[place] for place in dict.fromkeys(places) if 0 <= place < len(allowed)]
    likely = dict.fromkeys([found.place, *list(found.shares())[:ROUND]])
    rivals = [allowed[place] for place in likely if place < len(allowed)]
    inside = set(fleets.every)
    smaller = [each for values in rivals[:1] for each in _one_less(values) if each in inside]
    return [*rivals, *smaller] or allowed[-1:]


def _one_less(values: Values) -> Iterable[Values]:
    steps = (step for step in product((0, -1), repeat=len(values)) if sum(step) == -1)
    return (tuple(a + b for a, b in zip(values, step, strict=True)) for step in steps)


def _looked(tried: Candidates, fleets: Fleets, found: Choice) -> bool:
    """Whether the fleet of the answer has been looked at; where there is no answer, no fleet has to be."""
    return found.place == len(fleets.allowed) or fleets.allowed[found.place] in tried.tried


def _all_looked(tried: Candidates, fleets: Fleets, found: Choice) -> bool:
    """Whether each fleet of a further round has all the replications that it may have."""
    return all(
        values in tried.tried and len(tried.tried[values].runs) >= tried.most for values in _round(fleets, found)
    )
