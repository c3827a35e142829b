"""What to buy: now, and as demand grows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from onecenter.scenario import Scenario


@dataclass(frozen=True)
class Buy:
    """Nodes that a plan adds to today's fleet."""

    counts: Mapping[str, int]  # further nodes by node type; below 0: so many may go
    cost: float | None  # price of the further nodes; None: the scenario gives no price
    # month ("2027-01") of the latest order that is in service when the scenario starts; None: nothing is bought, or the
    # scenario gives no lead time
    order_by: str | None


def buy(scenario: Scenario, answer: Mapping[str, int]) -> Buy:
    """Return what an answer, counts by node type, adds to a scenario's fleet."""
    kinds = scenario.center.nodes
    counts = {name: count - kinds[name].count for name, count in answer.items()}
    bought = {name: count for name, count in counts.items() if count > 0}
    known = all(kinds[name].price for name in bought)
    lead = max((kinds[name].lead_time for name in bought), default=0)
    order = scenario.time.origin - timedelta(milliseconds=lead)
    return Buy(
        counts=counts,
        cost=sum(count * kinds[name].price for name, count in bought.items()) if known else None,
        order_by=f"{order:%Y-%m}" if lead else None,
    )


@dataclass(frozen=True)
class Purchase:
    """Nodes to buy as demand grows; None: not decided within the range."""

    order: int  # by the node type's lead time; below 0: it is too late
    month: int  # of service
    before: int  # nodes of the type
    after: int | None  # nodes of the type, `low` to `high` with 95 % confidence
    low: int | None
    high: int | None
    until: int  # the last month that they are bought for
    beyond: int  # the range's end
    yearly_cost: float | None  # of the whole fleet afterwards; None: the scenario gives no prices, either

    @property
    def decided(self) -> bool:
        """Whether one count alone is likely."""
        return self.after is not None and self.low == self.after == self.high
