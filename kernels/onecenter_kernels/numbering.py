"""Distinct rows of whole numbers, numbered in the order in which they are first seen: a hash with open addressing."""

from .jit import njit

#: Hashes stay below 2**31, so that no product overflows: the JIT off gives the same.
MASK = (1 << 31) - 1
FACTOR = 73_244_475


@njit
def mixed(value, c):
    """Return what a value in column c adds to the hash of its row."""
    h = ((value ^ (value >> 31)) + c * FACTOR & MASK) * FACTOR & MASK
    return h ^ (h >> 16)


@njit
def sum_of(columns, i, varies, wanted):
    """Return what row i's values add to its hash in the columns that vary (wanted: True), or in the others."""
    h = 0
    for c in range(columns.shape[0]):
        if varies[c] == wanted:
            h += mixed(columns[c, i], c)
    return h


@njit
def hash_of(columns, i, varies, common):
    """Return the hash of row i, to which the columns that do not vary add `common`."""
    h = (common + sum_of(columns, i, varies, True) & MASK) * FACTOR & MASK
    return h ^ (h >> 16)


@njit
def same_row(columns, i, known, k):
    """Tell whether row i is known row k."""
    for c in range(columns.shape[0]):
        if columns[c, i] != known[k, c]:
            return False
    return True


@njit
def number(columns, varies, first, last, known, count, places, numbers):
    """Write the numbers of the rows first .. last - 1; return the first not numbered, and how many rows are known.

    A column that does not vary has one value in all of them.

    It ends before a new row for which `known`, whose first columns are these, has no room. `places`, a power of two
    and more than it has rows, holds the numbers of the known ones by hash; -1: none.
    """
    common = sum_of(columns, first, varies, False)
    for i in range(first, last):
        at = hash_of(columns, i, varies, common) & (len(places) - 1)
        while places[at] >= 0 and not same_row(columns, i, known, places[at]):
            at = (at + 1) & (len(places) - 1)
        if places[at] < 0:
            if count == len(known):
                return i, count
            for c in range(columns.shape[0]):
                known[count, c] = columns[c, i]
            places[at] = count
            count += 1
        numbers[i] = places[at]
    return last, count
