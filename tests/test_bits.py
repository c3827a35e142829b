"""Sets of bits do what Python's sets do, over several words and several words of their summary."""

import numpy as np
import pytest
from by_hand import job, nodes, table
from onecenter_kernels import bits
from onecenter_kernels.state import NOW

from onecenter.engine.core import Core
from onecenter.policies import Policy

pytestmark = pytest.mark.equality

#: Words of 32 numbers: 66; of their summary: 3.
NODES = 2_100


class Bits:
    """The nodes of one level of a large center, as a set of its own."""

    def __init__(self) -> None:
        self.core = Core((nodes(NODES, 1),), Policy(), table([job(0, 1, 1)]), False)
        row = self.core.state.types[NOW, 0]
        self.base, self.width = int(row["bits"]), int(row["width"])
        for number in range(NODES):
            self.exclude(number)

    def include(self, number: int) -> None:
        bits.include(self.core.handle, NOW, self.base, self.width, number)

    def exclude(self, number: int) -> None:
        bits.exclude(self.core.handle, NOW, self.base, self.width, number)

    def next_in(self, number: int) -> int:
        return int(bits.next_in(self.core.handle, NOW, self.base, self.width, number))

    def last_in(self, number: int) -> int:
        return int(bits.last_in(self.core.handle, NOW, self.base, number))


EDGES = (0, 1, 30, 31, 32, 33, 1023, 1024, 1025, 2047, 2048, NODES - 1)


def check(found: Bits, expected: set[int]) -> None:
    """Fail unless both hold the same, looked at from every edge and both ends."""
    for number in EDGES:
        assert found.next_in(number) == min((n for n in expected if n >= number), default=-1)
        assert found.last_in(number) == max((n for n in expected if n <= number), default=-1)


def test_one_number_is_found_from_everywhere() -> None:
    found = Bits()
    check(found, set())
    for number in EDGES:
        found.include(number)
        check(found, {number})
        found.exclude(number)
    check(found, set())


@pytest.mark.parametrize("seed", range(3))
def test_as_a_set_of_python(seed: int) -> None:
    generator, found = np.random.default_rng(seed), Bits()
    expected: set[int] = set()
    for _ in range(60):
        number = int(generator.choice([*EDGES, *generator.integers(0, NODES, 6)]))
        if generator.random() < 0.6:
            found.include(number)
            expected.add(number)
        else:
            found.exclude(number)
            expected.discard(number)
        check(found, expected)


def test_beyond_the_last_word_there_is_nothing() -> None:
    found = Bits()
    found.include(NODES - 1)
    assert found.next_in(32 * found.width) == -1


@pytest.mark.parametrize("number", range(32))
def test_lowest_and_highest_bit(number: int) -> None:
    assert bits.lowest(1 << number) == bits.highest(1 << number) == number
    assert bits.lowest((1 << 31) | (1 << number)) == number
    assert bits.highest(1 | (1 << number)) == number
    assert bits.words_of(number + 1) == 1
    assert bits.words_of(number + 33) == 2
