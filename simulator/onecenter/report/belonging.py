"""Whether a result and a plan are about the same center and demand."""

from collections.abc import Iterator
from typing import Final

from onecenter.planning.file import PlanFile
from onecenter.report.subject import Subject
from onecenter.scenario.differing import Path, differing
from onecenter.scenario.overrides import names

#: Texts, and how much of time is simulated: a plan takes the window that it needs.
ASIDE: Final = (
    *((text,) for text in ("name", "title", "notes", "notes_zh")),
    *(("time", name) for name in ("seed", "horizon", "warmup")),
)

#: So many differences are named.
SHOWN: Final = 5


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
    aside = [*ASIDE, *_changed(plan)]
    differ = {
        path: values
        for path, values in differing(subject.scenario.resolved(), plan.planned.resolved()).items()
        if not any(path[: len(each)] == each for each in aside) and not (plan.demand != 1 and _is_scale(path))
    }
    shown = [f"{'.'.join(path)} = {its}, in the plan {other}" for path, (its, other) in list(differ.items())[:SHOWN]]
    if len(differ) > SHOWN:
        shown.append(f"and {len(differ) - SHOWN} more differences from the plan")
    return [f"{subject.name}: {text}" for text in shown]


def _changed(plan: PlanFile) -> Iterator[Path]:
    """Give the paths that the plan varies, and those of its overrides."""
    for path in [*plan.paths, *plan.overridden]:
        yield tuple(names(path))


def _is_scale(path: Path) -> bool:
    return path[2:3] == ("demand",) and path[-1] == "scale"
