"""What to buy: now, and as demand grows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from onecenter.scenario import Scenario


@dataclass(frozen=True)
class Buy:
    """Nodes that a plan adds to today's fleet.

    Attributes
    ----------
    counts : mapping of str to int
        Further nodes by node type; below 0: so many may go.
    cost : float or None
        Price of the further nodes; None: the scenario gives no price.
    order_by : str or None
        Month ("2027-01") of the latest order that is in service when the scenario starts; None: nothing is bought, or
        the scenario gives no lead time.
    """

    counts: Mapping[str, int]
    cost: float | None
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
    """Nodes to buy as demand grows.

    Attributes
    ----------
    order, month : int
        Month of the order, by the node type's lead time (below 0: it is too late), and of service.
    before : int
        Nodes of the type.
    after, low, high : int or None
        Nodes of the type afterwards, with the 95 % interval; None: not decided within the range.
    until : int
        The last month that they are bought for.
    beyond : int
        The range's end.
    yearly_cost : float or None
        Of the whole fleet afterwards; None: the scenario gives no prices, or it is not decided.
    """

    order: int
    month: int
    before: int
    after: int | None
    low: int | None
    high: int | None
    until: int
    beyond: int
    yearly_cost: float | None

    @property
    def decided(self) -> bool:
        """Whether one count alone is likely."""
        return self.after is not None and self.low == self.after == self.high
