"""The nodes of a replay, as the command line names them."""

import re

from onecenter.checks import NODES, PROCESSORS
from onecenter.errors import OnecenterError
from onecenter.fleet import NodeType

#: Of all nodes together: the core and the reasons of waits keep rows per accelerator.
MOST_IN_ALL = 10_000_000


def parse_nodes(text: str) -> tuple[NodeType, ...]:
    """Return the fleet that "48x8" names: 48 nodes of 8 accelerators.

    Raises
    ------
    OnecenterError
        If the text is not of this form or a number is out of range.
    """
    found = re.fullmatch(r"\s*(-?\d+)\s*[xX]\s*(-?\d+)\s*", text, re.ASCII)
    if not found:
        raise OnecenterError(f"nodes {text!r}", ["nodes x accelerators a node is expected, such as 48x8"])
    count, accelerators = _int(found[1]), _int(found[2])
    mistakes = [
        *_range("nodes", found[1], count, NODES.high),
        *_range("accelerators a node", found[2], accelerators, PROCESSORS.high),
    ]
    if not mistakes:
        mistakes = _range("accelerators in all", str(count * accelerators), count * accelerators, MOST_IN_ALL)
    if mistakes:
        raise OnecenterError(f"nodes {text!r}", mistakes)
    return (NodeType("node", count, accelerators),)


def flat_pool(processors: int) -> tuple[NodeType, ...]:
    """Return one flat pool: a single node with that many accelerators.

    Raises
    ------
    OnecenterError
        If there are fewer than one or more than a job can ask for.
    """
    mistakes = _range("processors", str(processors), processors, PROCESSORS.high)
    if mistakes:
        raise OnecenterError("processors", mistakes)
    return (NodeType("pool", 1, processors),)


def _int(digits: str) -> int:
    """Return the number; Python refuses to read thousands of digits."""
    return int(digits[:20])


def _range(what: str, text: str, value: int, most: int) -> list[str]:
    if 1 <= value <= most:
        return []
    return [f"{what} = {text[:20]}: 1 to {most:,} are expected"]
