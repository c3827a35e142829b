"""Modules of kernels that tests write, as a new process has them."""

import importlib.util
from pathlib import Path
from types import ModuleType


def executed(name: str, source: Path) -> ModuleType:
    """Return a module, executed anew."""
    spec = importlib.util.spec_from_file_location(name, source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kept(folder: Path) -> list[Path]:
    """Return the files of compiled kernels."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
