"""What others may know of the kernels: the names behind the codes, and the fields of the decision log.

Imports neither numba nor, by itself, numpy: a command line that is only parsed does not wait for them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .codes import *  # noqa: F403

if TYPE_CHECKING:
    import numpy as np

#: Name, type, unit and meaning of a column.
Field = tuple[str, str, str, str]

#: The decision log. Rows are packed; the digest covers the columns in this order.
LOG: Final[tuple[Field, ...]] = (
    ("t", "i8", "ms", "instant"),
    ("round", "i4", "1", "0, or the number of earlier steps at the same instant"),
    ("kind", "i1", "code", "EVENTS"),
    ("job", "i4", "job", "job id; -1: none"),
    ("node", "i4", "index", "node of a start row; -1: none"),
    ("device", "i2", "index", "device of the node, for fractions; -1: none"),
    ("amount", "i4", "1", "start: tasks placed there; submit: 1 if held; limit: 1 where it begins to hold; else 0"),
    ("reason", "i1", "code", "end: ENDINGS; evict: EVICTIONS; else 0"),
)


def dtype_of(fields: Sequence[Field], *, align: bool = True) -> "np.dtype[np.void]":
    """Return the structured dtype of declared fields."""
    import numpy as np

    return np.dtype([(name, kind) for name, kind, _, _ in fields], align=align)


def log_dtype() -> "np.dtype[np.void]":
    """Return the dtype of the decision log's rows."""
    return dtype_of(LOG, align=False)
