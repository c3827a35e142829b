"""A policy: how jobs are ordered, placed and backfilled."""

from dataclasses import asdict, dataclass

from onecenter_kernels.codes import BACKFILLS, ORDERS, PLACEMENTS

from onecenter.errors import PolicyError


@dataclass(frozen=True)
class Policy:
    """The parts of a policy and their parameters.

    Attributes
    ----------
    order : str
        One of ORDERS.
    backfill : str
        One of BACKFILLS.
    placement : str
        One of PLACEMENTS.
    depth, backfill_depth : int
        How many queued jobs a pass looks at in order, and behind the head; 0: all (Slurm's
        default_queue_depth and bf_max_job_test).
    age_rate : int
        Under order = "priority": what an hour of waiting adds, in millionths of a priority unit.
    max_age : int
        ms; waiting beyond it adds nothing (Slurm's PriorityMaxAge).
    """

    order: str = "fifo"
    backfill: str = "easy"
    placement: str = "best-fit"
    depth: int = 0
    backfill_depth: int = 0
    age_rate: int = 0
    max_age: int = 7 * 86_400_000

    def __post_init__(self) -> None:
        mistakes = [
            f"{part} = {value!r}: one of {', '.join(choices)} is expected"
            for part, value, choices in self._parts()
            if value not in choices
        ]
        if mistakes:
            raise PolicyError("policy", mistakes)

    def _parts(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [
            ("order", self.order, ORDERS),
            ("backfill", self.backfill, BACKFILLS),
            ("placement", self.placement, PLACEMENTS),
        ]

    @property
    def codes(self) -> dict[str, int]:
        """The policy as the core's clock holds it."""
        codes = {part: choices.index(value) for part, value, choices in self._parts()}
        return asdict(self) | codes


#: Named wholes: what people call a policy in one word.
NAMED = {
    "fifo": Policy(backfill="none"),
    "easy": Policy(backfill="easy"),
    "easy-sjbf": Policy(backfill="easy-sjbf"),
    "conservative": Policy(backfill="conservative"),
    "sjf": Policy(order="sjf", backfill="none"),
    "sjf-easy": Policy(order="sjf", backfill="easy"),
    "smallest-first": Policy(order="smallest-first", backfill="none"),
    "largest-first": Policy(order="largest-first", backfill="none"),
    "priority-easy": Policy(order="priority", backfill="easy"),
}
