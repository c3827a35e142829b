"""Modules under their names of today, in a commit from before they were moved: for `make cases-fail`."""

from importlib import import_module, util
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

#: By package, the modules that lay above it, each with its former name where that was another.
ROOMS: Final = {
    "system": "atomic extent forked inputs machine",
    "statistics": "sample",
    "engine": "center clock conductor core kernels=compiling posts progress reasons=waits",
    "results": "backlog figures=metrics log log_table=log seen segments=log series tables targets window",
    "simulation": "provenance replaying result running=simulation running_on store store_head store_rows store_seal",
    "experiments": "adequacy assessment=standing comparison contrast executors measurement=period replication "
    "replications sweeping",
    "scenario": "layers=scenario.chain",
    "planning": "economics growth startups=chain",
    "traces": "log_window",
}

FORMER: Final = {"onecenter_kernels.schema": "onecenter_kernels.state"} | {
    f"onecenter.{room}.{name.split('=')[0]}": f"onecenter.{name.split('=')[-1]}"
    for room, names in ROOMS.items()
    for name in names.split()
}


def former(name: str) -> str | None:
    """Return the name that a module had before it, or the package it lies in, was moved; None: it was not."""
    for new, old in FORMER.items():
        if name == new or name.startswith(f"{new}."):
            return old + name.removeprefix(new)
    return None


class Moved(MetaPathFinder, Loader):
    """Gives modules that are only there under a former name, and packages that are not there yet."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        old = former(name)
        if old is not None and util.find_spec(old) is not None:
            return util.spec_from_loader(name, self)
        return self._package(name, path) if name in {f"onecenter.{room}" for room in ROOMS} else None

    def _package(self, name: str, path: Any) -> ModuleSpec | None:
        """Give a package of today, empty where it was not there, also where a module had its name."""
        spec = PathFinder.find_spec(name, path)
        if spec is None:
            return util.spec_from_loader(name, self, is_package=True)
        if spec.submodule_search_locations is None:
            spec.submodule_search_locations = []
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        old = former(spec.name)
        return None if old is None else import_module(old)

    def exec_module(self, module: ModuleType) -> None:
        pass
