"""The objects of Kueue in some files, by kind and name."""

from collections.abc import Iterable, Iterator
from typing import Final

from onecenter.imports.answer import LeftOut, Notes
from onecenter.imports.fields import Field
from onecenter.imports.scalars import name_of, text

KINDS: Final = ("ResourceFlavor", "Cohort", "ClusterQueue", "LocalQueue", "WorkloadPriorityClass")

#: What the server notes of an object; it configures nothing.
_BOOKKEEPING: Final = ("namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")

_JOBS: Final = ("Job", "JobSet", "MPIJob", "PyTorchJob", "RayJob", "RayCluster", "Pod", "Workload")


class Objects:
    """Objects by kind, and by the names that scenarios give them; configurations of load tests."""

    def __init__(self, documents: Iterable[Field], notes: Notes) -> None:
        self.of: dict[str, dict[str, Field]] = {kind: {} for kind in KINDS}
        self.load_tests: list[Field] = []
        self._notes = notes
        for each in documents:
            self._sort(each)

    def all(self) -> Iterator[Field]:
        """Yield all objects."""
        for named in self.of.values():
            yield from named.values()

    def _sort(self, each: Field) -> None:
        kind = each.text("kind")
        if not isinstance(each.value, dict):
            self._notes.wrong(each, "objects of Kueue are expected, each a table with apiVersion, kind, metadata, spec")
        elif kind in ("List", *(f"{one}List" for one in KINDS)):
            for one in each.entries("items"):
                self._sort(one)
        elif kind in KINDS:
            self._keep(kind, each)
        elif not kind and each.at("cohorts") is not None:
            self.load_tests.append(each)
        elif kind:
            why = ": when it comes and how long it runs is not in the file" if kind in _JOBS else ""
            self._notes.left_out.append(LeftOut(*each.place, f"{kind} {_said_name(each)}{why}"))
        else:
            self._notes.leave_out_rest(each)

    def _keep(self, kind: str, each: Field) -> None:
        for key in ("apiVersion", "kind", "status"):
            each.take(key)
        for key in _BOOKKEEPING:
            each.take("metadata", key)
        given = text(each.at("metadata", "name"), self._notes)
        name = name_of(given)
        if not name:
            self._notes.wrong(each, f"a {kind} without a name; write metadata.name")
        elif name in self.of[kind] and kind != "LocalQueue":
            there = self.of[kind][name].place
            self._notes.wrong(
                each.at("metadata", "name") or each, f"a {kind} of this name is at {there}; one is expected"
            )
        elif name != given:
            self._notes.assumed.append(f"{kind} {given} is called {name}")
        _rename(each, f"{kind} {given}")
        key = name if kind != "LocalQueue" else f"{each.text('metadata', 'namespace')}/{name}"
        self.of[kind].setdefault(key, each)


def _said_name(each: Field) -> str:
    return each.text("metadata", "name") or each.text("metadata", "generateName") or "without a name"


def _rename(of: Field, name: str) -> None:
    """Put the name of the object before the paths of its values."""
    for each in of.below():
        each.path = f"{name}: {each.path}"
        _rename(each, name)
