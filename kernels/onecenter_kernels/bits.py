"""Sets of small integers as bits, 32 a word, with a summary bit for each word that is not empty.

A set begins at row `base` of `bits`, has `width` words, and its summary behind them.
"""

from .jit import JIT, njit

if JIT:
    from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros

    @njit
    def lowest(word):
        """Return the lowest bit that is set in a word, which is not 0."""
        return int(trailing_zeros(word))

    @njit
    def highest(word):
        """Return the highest bit that is set in a word, which is not 0."""
        return 63 - int(leading_zeros(word))

else:

    def lowest(word):
        """Return the lowest bit that is set in a word, which is not 0."""
        return (int(word) & -int(word)).bit_length() - 1

    def highest(word):
        """Return the highest bit that is set in a word, which is not 0."""
        return int(word).bit_length() - 1


@njit
def words_of(size):
    """Return how many words a set of numbers below `size` has."""
    return (size + 31) >> 5


@njit
def include(s, index, base, width, i):
    """Put number i into a set of an index."""
    w = i >> 5
    s.bits[index, base + w].word |= 1 << (i & 31)
    s.bits[index, base + width + (w >> 5)].word |= 1 << (w & 31)


@njit
def exclude(s, index, base, width, i):
    """Take number i out of a set of an index."""
    w = i >> 5
    left = s.bits[index, base + w].word & ~(1 << (i & 31))
    s.bits[index, base + w].word = left
    if left == 0:
        s.bits[index, base + width + (w >> 5)].word &= ~(1 << (w & 31))


@njit
def next_in(s, index, base, width, i):
    """Return the lowest number of a set from i on; -1: none."""
    w = i >> 5
    if w >= width:
        return -1
    rest = s.bits[index, base + w].word >> (i & 31)
    if rest != 0:
        return i + lowest(rest)
    w += 1
    v, last = w >> 5, words_of(width)
    if v >= last:
        return -1
    rest = s.bits[index, base + width + v].word >> (w & 31)
    if rest != 0:
        w += lowest(rest)
    else:
        v += 1
        while v < last and s.bits[index, base + width + v].word == 0:
            v += 1
        if v >= last:
            return -1
        w = (v << 5) + lowest(s.bits[index, base + width + v].word)
    return (w << 5) + lowest(s.bits[index, base + w].word)


@njit
def last_in(s, index, base, i):
    """Return the highest number of a set up to i; -1: none."""
    w = i >> 5
    rest = s.bits[index, base + w].word & ((2 << (i & 31)) - 1)
    while rest == 0 and w > 0:
        w -= 1
        rest = s.bits[index, base + w].word
    return (w << 5) + highest(rest) if rest != 0 else -1
