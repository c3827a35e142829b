"""What is said where code of the user's own goes wrong in a run: which, about what, when, and what was free then."""

from onecenter_kernels.state import NOW, State

from onecenter.errors import PolicyError
from onecenter.units import format_duration


def policy_error(
    name: str, what: str, state: State, job: int | None = None, node: int | None = None, begun: bool = True
) -> PolicyError:
    """Return the error of a policy's code; `begun`: the run has begun, so there is an instant at which it happened."""
    about = {"job": job, "node": node}
    of = "".join(f", {kind} {number}" for kind, number in about.items() if number is not None)
    if not begun:
        return PolicyError("policy", [f"{name}{of}: {what}"])
    at = format_duration(int(state.clock["now"][0]))
    return PolicyError("policy", [f"{name}{of} at {at}: {what}; {_free(state)}"])


def _free(state: State) -> str:
    nodes, types = state.nodes["free"][NOW], state.types[NOW]
    total = int(types["count"] @ types["accelerators"])
    return f"{int(nodes.sum())} of {total} accelerators were free, at most {int(nodes.max())} on a node"
