"""An order by a weighted sum of features of a job."""

from dataclasses import dataclass, fields
from typing import Final

from onecenter_kernels.schema import FEATURES

from onecenter.checks import Number, settle
from onecenter.errors import PolicyError
from onecenter.units import plain

#: What a feature may be weighed with.
WEIGHT: Final = Number(-1e12, 1e12)


@dataclass(frozen=True)
class Linear:
    """An order by a weighted sum of features of a job, the lowest first.

    Attributes
    ----------
    submit, walltime, wait : float
        Weights of the instant of submission, the walltime and the time waited so far, in s.
    accelerators, tasks : float
        Of the accelerators of the whole job, and of its tasks.
    area : float
        Of walltime times accelerators.
    cpus, memory : float
        Of the cpus and the memory (GiB) of the whole job.
    priority : float
        Of the priority.
    """

    submit: float = 0.0
    walltime: float = 0.0
    wait: float = 0.0
    accelerators: float = 0.0
    tasks: float = 0.0
    area: float = 0.0
    cpus: float = 0.0
    memory: float = 0.0
    priority: float = 0.0

    def __post_init__(self) -> None:
        """Check the weights; a PolicyError has all mistakes."""
        settle(self, "policy", dict.fromkeys(FEATURES, WEIGHT), PolicyError)
        if not self.weights:
            raise PolicyError("policy", [f"a linear order: {NO_WEIGHT}"])

    @property
    def weights(self) -> dict[str, float]:
        """The weights that are not 0, in the order in which they are added up."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}

    def __str__(self) -> str:
        """Return it for people: "linear (0.3 walltime, -1 wait)"."""
        return f"linear ({', '.join(f'{plain(weight)} {name}' for name, weight in self.weights.items())})"


#: What is wrong with a linear order that weighs nothing.
NO_WEIGHT: Final = f"a weight of {', '.join(FEATURES[:-1])} or {FEATURES[-1]} is expected"

#: What a linear order is called.
BY_WEIGHT: Final = "linear"
