"""Node types of flavors: the files say what may be used of a flavor, not of which nodes it is made."""

from collections.abc import Mapping, Sequence
from typing import Any

from onecenter.checks import did_you_mean
from onecenter.imports.answer import Notes
from onecenter.imports.kueue_quota import Amounts
from onecenter.imports.scalars import name_of

#: Accelerators of a node of which no quota says anything, and of one node at most.
_USUAL, _MOST = 8, 1024

Shape = tuple[int, int]


def node_types(
    flavors: Sequence[str], quotas: Sequence[Mapping[str, Amounts]], given: Mapping[str, Shape], notes: Notes
) -> dict[str, Any]:
    """Return the node types of flavors, as given or of the size of their quotas."""
    for name in given:
        if name_of(name) not in flavors:
            near = did_you_mean(name, flavors)
            notes.mistakes.append(f"--nodes {name}: no such flavor; {near}the files have {', '.join(flavors)}")
    shapes = {name_of(name): shape for name, shape in given.items()}
    found = {name: shapes[name] if name in shapes else _assumed(name, quotas, notes) for name in flavors}
    return {name: {"count": count, "accelerators": size} for name, (count, size) in found.items()}


def _assumed(name: str, quotas: Sequence[Mapping[str, Amounts]], notes: Notes) -> Shape:
    amounts = [each[name].nominal for each in quotas if name in each]
    count, size = sized(sum(amounts)) if amounts else (1, _USUAL)
    why = "the sum of its quotas" if amounts else "no quota says how many"
    notes.assumed.append(
        f"{name}: {nodes_text(count, size)}, {why}; to say otherwise: --nodes {name}=COUNTxACCELERATORS"
    )
    return count, size


def sized(total: int) -> Shape:
    """Return one node of all accelerators (thousandths), as Kueue itself looks at no node; more if one is too small."""
    whole = -(-total // 1000)
    count = max(1, -(-whole // _MOST))
    return count, -(-whole // count)


def nodes_text(count: int, size: int) -> str:
    """Return nodes in words."""
    return f"{count:,} node{'s' * (count > 1)} of {size:,} accelerators"
