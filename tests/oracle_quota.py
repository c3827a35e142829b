"""Quotas by their definitions: the naive twin of the quota tree, for one node type. It imports no kernel."""

from dataclasses import dataclass


@dataclass
class Quota:
    """Nominal quotas, limits (-1: none) and what platforms use, by node of the tree, in which node 0 is the center."""

    parents: list[int]
    nominal: list[int]
    borrowing: list[int]
    lending: list[int]
    used: list[int]

    def below(self, n: int) -> list[int]:
        return [child for child, parent in enumerate(self.parents) if parent == n]

    def subtree(self, n: int) -> int:
        return self.nominal[n] + sum(self.subtree(child) - self.local(child) for child in self.below(n))

    def local(self, n: int) -> int:
        return 0 if self.lending[n] < 0 else max(0, self.subtree(n) - self.lending[n])

    def usage(self, n: int) -> int:
        return self.used[n] + sum(max(0, self.usage(child) - self.local(child)) for child in self.below(n))

    def local_available(self, n: int) -> int:
        return max(0, self.local(n) - self.usage(n))

    def available(self, n: int) -> int:
        if n == 0:
            return self.subtree(0) - self.usage(0)
        above = self.available(self.parents[n])
        if self.borrowing[n] >= 0:
            stored = self.subtree(n) - self.local(n)
            above = min(above, stored - max(0, self.usage(n) - self.local(n)) + self.borrowing[n])
        return self.local_available(n) + above

    def potential(self, n: int) -> int:
        if n == 0:
            return self.subtree(0)
        most = self.local(n) + self.potential(self.parents[n])
        return most if self.borrowing[n] < 0 else min(most, self.subtree(n) + self.borrowing[n])

    def borrowed(self, n: int) -> int:
        return max(0, self.usage(n) - self.subtree(n))
