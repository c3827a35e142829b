"""The cohorts of ClusterQueues, as a tree."""

from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.kueue_objects import Objects
from onecenter.imports.scalars import name_of, text


def cohort_of(queue: Field, notes: Notes) -> str:
    """Return the cohort of a ClusterQueue, as both versions of its interface have it; "" where it has none."""
    names = [text(queue.at("spec", key), notes) for key in ("cohort", "cohortName")]
    return name_of(next(filter(None, names), ""))


def parents_of(objects: Objects, members: dict[str, str], notes: Notes) -> dict[str, str]:
    """Return all cohorts with their parents, "" at the top; one that is only named has none, as in Kueue."""
    fields = {name: each.at("spec", "parentName") or each.at("spec", "parent")
              for name, each in objects.of["Cohort"].items()}  # fmt: skip
    found = {name: name_of(text(each, notes)) for name, each in fields.items()}
    for named in (*members.values(), *tuple(found.values())):
        if named:
            found.setdefault(named, "")
    for name, at in fields.items():
        if at is not None and _is_above(name, found):
            notes.wrong(at, "the cohort is its own ancestor; a cohort outside it is expected")
    return found


def _is_above(name: str, parents: dict[str, str]) -> bool:
    seen, above = {name}, parents[name]
    while above and above not in seen:
        seen.add(above)
        above = parents[above]
    return above == name
