"""Whether a result and a plan are about the same center and demand."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onecenter.report.planned import PlanFile
from onecenter.report.subject import Subject
from onecenter.scenario.mistakes import written
from onecenter.scenario.overrides import names

#: Texts, and how much of time is simulated: a plan takes the window that it needs.
ASIDE: Final = (
    *((text,) for text in ("name", "title", "notes", "notes_zh")),
    *(("time", name) for name in ("seed", "horizon", "warmup")),
)

#: So many differences are named.
MOST: Final = 5

Path = tuple[str, ...]


def foreign(subject: Subject, plan: PlanFile) -> list[str]:
    """Return why a result and a plan do not belong together; empty where they do.

    They do if the scenarios have the same name and differ in nothing but what the plan varies or changes: the counts,
    its overrides, and with a demand other than 1 the scales of the streams.
    """
    if subject.scenario is None:
        return [f"{subject.name}: a replay of a log, and the plan is about the scenario {plan.scenario}"]
    name = str(subject.result.provenance.get("name"))
    if name != plan.scenario:
        return [f"{subject.name}: of the scenario {name}, and the plan is about {plan.scenario}"]
    its, other = dict(_flat(subject.scenario.resolved())), dict(_flat(plan.planned.resolved()))
    aside = [*ASIDE, *_changed(plan)]
    differ = [path for path in dict.fromkeys([*its, *other]) if its.get(path) != other.get(path)]
    differ = [path for path in differ if not any(path[: len(each)] == each for each in aside)]
    if plan.demand != 1:
        differ = [path for path in differ if path[-1] != "scale" or path[2:3] != ("demand",)]
    shown = [f"{'.'.join(path)} = {_shown(its, path)}, in the plan {_shown(other, path)}" for path in differ[:MOST]]
    if len(differ) > MOST:
        shown.append(f"and {len(differ) - MOST} more differences from the plan")
    return [f"{subject.name}: {text}" for text in shown]


def _changed(plan: PlanFile) -> Iterator[Path]:
    """Give the paths that the plan varies, and those of its overrides."""
    for path in [*plan.paths, *plan.overridden]:
        yield tuple(names(path))


def _flat(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give each single value, or list, with its path."""
    if isinstance(data, Mapping) and data:
        for name, value in data.items():
            yield from _flat(value, (*path, str(name)))
    else:
        yield path, data


def _shown(values: Mapping[Path, Any], path: Path) -> str:
    return written(values[path]) if path in values else "missing"
