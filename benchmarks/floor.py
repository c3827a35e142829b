"""What any program on this ground needs: the interpreter, numpy, numba, and one call of a kernel from numba's cache."""

import numba
import numpy as np


@numba.njit(cache=True)
def total(values: np.ndarray) -> int:
    """Return the sum of int64 values."""
    found = 0
    for value in values:
        found += value
    return found


if __name__ == "__main__":
    total(np.arange(10))
