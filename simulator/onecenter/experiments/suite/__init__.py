"""The frozen suite: eight workloads, all policies, the same random numbers, and what is committed about them."""

from onecenter.experiments.suite.frozen import Frozen, frozen, save
from onecenter.experiments.suite.parts import PARTS, WORKLOADS, Part, policies
from onecenter.experiments.suite.rows import Row
from onecenter.experiments.suite.running import measured, suite

__all__ = ["PARTS", "WORKLOADS", "Frozen", "Part", "Row", "frozen", "measured", "policies", "save", "suite"]
