"""Kernels as parts of others: right results, one file for the outermost, and callable from Python all the same."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from kernel_modules import executed, kept
from onecenter_kernels import jit, step
from onecenter_kernels.codes import BACKFILLS
from onecenter_kernels.parts import KernelFlags

from onecenter.engine.core import Core, kernel_of
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import workload

compiled_only = pytest.mark.skipif(not jit.JIT, reason="nothing is compiled")

KERNELS = """
from onecenter_kernels.jit import njit


@njit
def square(x):
    return x * x


@njit
def add(rows, x):
    rows[0] += square(x)


@njit
def sum_of_squares(rows, n):
    for i in range(n):
        add(rows, i)
    return rows[0]


@njit
def twice(rows, n):
    return sum_of_squares(rows, n) + sum_of_squares(rows, n)
"""


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Return a function that gives the kernels as a new process has them, kept in `tmp_path / "cache"`."""
    source = tmp_path / "some_kernels.py"
    source.write_text(KERNELS)
    monkeypatch.setattr(jit, "CACHE", tmp_path / "cache")
    return lambda: executed("some_kernels", source)


def names(folder: Path) -> list[str]:
    """Return which kernels are kept."""
    return [path.name.rpartition("-")[0] for path in kept(folder)]


def test_a_kernel_gives_what_its_parts_give(kernels: Callable[[], Any]) -> None:
    rows = np.zeros(1, np.int64)
    assert kernels().twice(rows, 4) == 14 + 28
    assert rows.tolist() == [28]


@compiled_only
def test_only_what_python_calls_is_kept(kernels: Callable[[], Any], tmp_path: Path) -> None:
    first = kernels()
    assert first.twice(np.zeros(1, np.int64), 4) == 42
    assert names(tmp_path / "cache") == ["twice"]
    assert first.square(7) == 49
    assert names(tmp_path / "cache") == ["square", "twice"]


@compiled_only
def test_a_kept_kernel_compiles_no_part(kernels: Callable[[], Any]) -> None:
    assert kernels().twice(np.zeros(1, np.int64), 4) == 42
    again = kernels()
    assert again.twice(np.zeros(1, np.int64), 4) == 42
    assert not again.sum_of_squares.nopython_signatures
    assert sum(again.twice.stats.cache_hits.values()) == 1


@compiled_only
def test_integers_of_any_width_share_a_part(kernels: Callable[[], Any]) -> None:
    found = kernels()
    assert found.twice(np.zeros(1, np.int64), np.int32(4)) == 42
    assert found.twice(np.zeros(1, np.int64), np.int8(4)) == 42


@compiled_only
def test_symbols_do_not_spell_out_the_state() -> None:
    core = Core((NodeType("node", 1, 1),), Policy(), workload(submit=[], run=[], walltime=[], accelerators=[]))
    assert len(str(numba.typeof(core.handle))) < 40


def test_what_keeps_a_book_has_kernels_of_its_own() -> None:
    kernel = {backfill: kernel_of(Policy(backfill=backfill)) for backfill in BACKFILLS}
    assert kernel.pop("conservative") is step.advance_conservative
    assert set(kernel.values()) == {step.advance}
    assert kernel_of(Policy(backfill="easy-sjbf", reservations=2)) is step.advance_reserving


@compiled_only
def test_garbage_is_collected_again_after_a_kernel_is_compiled(kernels: Callable[[], Any]) -> None:
    gc.enable()
    kernels().twice(np.zeros(1, np.int64), 4)
    assert gc.isenabled()
    gc.disable()
    try:
        kernels().square(7)
        assert not gc.isenabled()
    finally:
        gc.enable()


@compiled_only
def test_flags_are_alike_where_the_same_are_set() -> None:
    one, other = KernelFlags(), KernelFlags()
    one.no_compile = other.no_compile = True
    assert one == other
    assert hash(one) == hash(other)
    other.nrt = True
    assert one != other
    assert one != "flags"
