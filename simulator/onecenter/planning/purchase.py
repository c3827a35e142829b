"""What to buy as demand grows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Purchase:
    """Nodes to buy.

    Attributes
    ----------
    order, month : int
        Month of the order, by the node type's lead time (below 0: it is too late), and of service.
    before, after : int
        Nodes of the type.
    until : int
        The last month that they are bought for.
    yearly_cost : float or None
        Of the whole fleet afterwards; None: the scenario gives no prices.
    sure : bool
        Whether the fleet surely meets the targets in the last month.
    """

    order: int
    month: int
    before: int
    after: int
    until: int
    yearly_cost: float | None
    sure: bool
