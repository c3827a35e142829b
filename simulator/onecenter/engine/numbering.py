"""Distinct rows of whole numbers, such as what jobs ask, numbered in the order in which they are first seen."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onecenter_kernels.numbering import number
from onecenter_kernels.schema import Field
from onecenter_kernels.state import Array, grown, table

Ints = npt.NDArray[np.int64]

#: Rows that are read at once: few enough to stay in the processor's cache.
BLOCK: Final = 4096

#: Distinct rows that there is room for at first.
ROWS: Final = 64


class Numbering:
    """Distinct rows, each with its number.

    Parameters
    ----------
    fields : sequence of Field
        Those that tell one row from another.
    dtype : structured dtype of int64
        Of the rows, which begin with these fields.

    Attributes
    ----------
    rows : structured array
        The distinct rows by number; room for more behind them.
    count : int
        How many there are.
    """

    def __init__(self, fields: Sequence[Field], dtype: "np.dtype[np.void]") -> None:
        self.names = tuple(name for name, *_ in fields)
        self.rows = table(ROWS, dtype)
        self.count = 0
        self._block = np.empty((len(self.names), BLOCK), np.int64)
        self._numbers = np.empty(BLOCK, np.int64)
        self._varies = np.ones(len(self.names), np.bool_)
        self._list_rows()

    def number(self, columns: Mapping[str, Any], into: Array) -> None:
        """Write the numbers of rows, given as columns, into an array; new ones are added."""
        varying = []
        for place, name in enumerate(self.names):
            self._varies[place] = not len(into) or columns[name].strides != (0,)
            if self._varies[place]:
                varying.append((self._block[place], columns[name]))
            else:
                self._block[place] = columns[name][0]
        if not varying:
            self._number_block(1)
            into[:] = self._numbers[0]
            return
        for first in range(0, len(into), BLOCK):
            count = min(BLOCK, len(into) - first)
            for block, column in varying:
                block[:count] = column[first : first + count]
            self._number_block(count)
            into[first : first + count] = self._numbers[:count]

    def _number_block(self, count: int) -> None:
        done = 0
        while done < count:
            if self.count == len(self.rows):
                self.rows = grown(self.rows, self.count + 1)
                self._list_rows()
            known, places = self._known, self._places
            done, self.count = number(
                self._block, self._varies, done, count, known, self.count, places, self._numbers
            )

    def _list_rows(self) -> None:
        """Put the rows into a table of places by hash that is at most half full."""
        self._known: Ints = np.asarray(self.rows).view(np.int64).reshape(len(self.rows), -1)
        self._places = np.full(1 << (2 * len(self.rows) - 1).bit_length(), -1, np.int64)
        rows = self._known[: self.count, : len(self.names)].T.copy()
        every = np.ones(len(self.names), np.bool_)
        number(rows, every, 0, self.count, self._known, 0, self._places, np.empty(self.count, np.int64))
