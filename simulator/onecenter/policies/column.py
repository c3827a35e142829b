"""An order by a column of numbers that jobs bring along, "column:NAME"."""

from typing import Any, Final

#: What such an order is called, whatever the column.
BY_COLUMN: Final = "by column"

_BEFORE: Final = "column:"


def column_of(order: Any) -> str | None:
    """Return the column by which an order goes, the lowest number first; None: it goes by none."""
    return order.removeprefix(_BEFORE).strip() or None if isinstance(order, str) and order.startswith(_BEFORE) else None
