"""The nodes of a replay, as the command line names them."""

import re
from typing import Any, Final

from onecenter.checks import NODES, PROCESSORS, Whole, shown
from onecenter.errors import OnecenterError
from onecenter.fleet import NodeType

#: Accelerators of all nodes: the core and the reasons of waits keep rows of them.
IN_ALL: Final = Whole(1, 10_000_000)


def parse_nodes(text: str) -> tuple[NodeType, ...]:
    """Return the fleet that "48x8" names: 48 nodes of 8 accelerators."""
    found = re.fullmatch(r"\s*(-?\d+)\s*[xX]\s*(-?\d+)\s*", text, re.ASCII) if isinstance(text, str) else None
    if found is None:
        raise OnecenterError(f"nodes {shown(text)}", ["nodes x accelerators per node is expected, such as 48x8"])
    # Python refuses to read thousands of digits.
    count, accelerators = (int(digits[:20]) for digits in found.groups())
    mistakes = _wrong("nodes", count, NODES) + _wrong("accelerators per node", accelerators, PROCESSORS)
    mistakes = mistakes or _wrong("accelerators in all", count * accelerators, IN_ALL)
    if mistakes:
        raise OnecenterError(f"nodes {shown(text)}", mistakes)
    return (NodeType("node", count, accelerators),)


def flat_pool(processors: int) -> tuple[NodeType, ...]:
    """Return one flat pool: a single node with that many accelerators."""
    mistakes = _wrong("processors", processors, PROCESSORS)
    if mistakes:
        raise OnecenterError("replay", mistakes)
    return (NodeType("pool", 1, processors),)


def _wrong(what: str, value: Any, check: Whole) -> list[str]:
    try:
        check(value)
    except ValueError as error:
        return [f"{what} = {shown(value)}: {error}"]
    return []
