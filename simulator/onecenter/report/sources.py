"""Reading what a report is made from, and whether it belongs together; every file is untrusted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from onecenter.errors import OnecenterError, ResultError, ScenarioError
from onecenter.planning.file import PlanFile
from onecenter.policies import Policy
from onecenter.report.subject import Subject, subject_of
from onecenter.scenario.differing import differing
from onecenter.scenario.mistakes import shortened
from onecenter.scenario.overrides import names
from onecenter.simulation.result import Result
from onecenter.system.extent import check_json
from onecenter.system.inputs import read as read_bytes

#: What `onecenter run --out` and `onecenter plan --out` write into their folder.
RESULT, PLAN = "result.parquet", "plan.json"

#: No plan is larger (bytes), or has more keys and entries of lists.
MAX_BYTES: Final = 1 << 24
MAX_ENTRIES: Final = 400_000

#: Texts, and how much of time is simulated: a plan takes the window that it needs.
ASIDE: Final = (
    *((text,) for text in ("name", "title", "notes", "notes_zh")),
    *(("time", name) for name in ("seed", "horizon", "warmup")),
)

#: So many differences are named.
SHOWN: Final = 5


def read(paths: Sequence[str | Path]) -> tuple[list[Subject], PlanFile | None]:
    """Return the results and the plan that files and folders hold.

    A folder holds a result as result.parquet. At most one plan, *.json, is about the scenario of each result.
    """
    mistakes: list[str] = []
    results, plans = _sorted(paths, mistakes)
    subjects = [found for path in results if (found := _tried(_result, path, mistakes)) is not None]
    read_plans = [found for path in plans if (found := _tried(_plan, path, mistakes)) is not None]
    if len(plans) > 1:
        mistakes.append(f"{', '.join(map(str, plans))}: one plan at most is expected")
    if not results and not plans and not mistakes:
        mistakes.append("no result or plan is given: `onecenter run SCENARIO --out FOLDER` writes one into FOLDER")
    plan = read_plans[0] if read_plans else None
    if plan is not None and not mistakes:
        mistakes += [found for subject in subjects for found in foreign(subject, plan)]
    if mistakes:
        raise OnecenterError("report", mistakes)
    return subjects, plan


def _sorted(paths: Sequence[str | Path], mistakes: list[str]) -> tuple[list[Path], list[Path]]:
    """Return the files of results and of plans, each once."""
    results: list[Path] = []
    plans: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = [path / RESULT, path / PLAN]
            results += [each for each in inside[:1] if each.exists()]
            plans += [each for each in inside[1:] if each.exists()]
            if not any(each.exists() for each in inside):
                mistakes.append(f"{path}: the folder holds no {RESULT} and no {PLAN}")
        else:
            (plans if path.suffix == ".json" else results).append(path)
    return list(dict.fromkeys(results)), list(dict.fromkeys(plans))


def _tried(reader: Any, path: Path, mistakes: list[str]) -> Any:
    try:
        return reader(path)
    except OnecenterError as error:
        mistakes += [f"{path}: {mistake}" for mistake in error.mistakes]
        return None


def _result(path: Path) -> Subject:
    name = path.parent.name if path.name == RESULT and path.parent.name else path.stem
    result = Result.load(path)
    try:
        return subject_of(result, name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        raise ResultError(str(path), [f"damaged: {error!r} while reading it; run it again"]) from error


def _plan(path: Path) -> PlanFile:
    try:
        text = read_bytes(path, MAX_BYTES).decode("utf-8")
        check_json(text, MAX_ENTRIES)
        found = PlanFile.model_validate_json(text)
        if wrong := found.mistakes:
            raise ResultError(str(path), [f"damaged: {text}; plan again" for text in wrong])
    except OSError as error:
        raise ResultError(str(path), [f"it cannot be read: {error.strerror or error}"]) from error
    except ScenarioError as error:
        raise ResultError(str(path), [f"damaged: its scenario: {error.mistakes[0]}; plan again"]) from error
    except ValidationError as error:
        wrong = [f"{shortened('.'.join(map(str, one['loc']))) or 'it'}: {one['msg']}" for one in error.errors()[:20]]
        raise ResultError(str(path), [f"no plan of `onecenter plan --json`: {text}" for text in wrong]) from error
    except ValueError as error:
        raise ResultError(str(path), [f"no plan of `onecenter plan --json`: {error}"]) from error
    return found


def foreign(subject: Subject, plan: PlanFile) -> list[str]:
    """Return why a result and a plan do not belong together; empty where they do.

    They do if the scenarios have the same name and, under the policies that were used, differ in nothing but what the
    plan varies or changes: the counts, its overrides, and with a demand other than 1 the scales of the streams.
    """
    if subject.scenario is None:
        return [f"{subject.name}: a replay of a log, and the plan is about the scenario {plan.scenario}"]
    name = str(subject.result.provenance.get("name"))
    if name != plan.scenario:
        return [f"{subject.name}: of the scenario {name}, and the plan is about {plan.scenario}"]
    aside = [*ASIDE, *(tuple(names(path)) for path in [*plan.paths, *plan.overridden])]
    run = subject.scenario.resolved() | {"policy": _parts(subject.result.policy)}
    planned = plan.planned.resolved() | {"policy": _parts(plan.rules)}
    differ = {
        path: values
        for path, values in differing(run, planned).items()
        if not any(path[: len(each)] == each for each in aside) and not (plan.demand != 1 and _is_scale(path))
    }
    shown = [f"{'.'.join(path)} = {its}, in the plan {other}" for path, (its, other) in list(differ.items())[:SHOWN]]
    if len(differ) > SHOWN:
        shown.append(f"and {len(differ) - SHOWN} more differences from the plan")
    return [f"{subject.name}: {text}" for text in shown]


def _parts(policy: Policy) -> dict[str, Any]:
    return {name: part for name, part in policy.as_dict().items() if name != "name"}


def _is_scale(path: tuple[str, ...]) -> bool:
    return path[2:3] == ("demand",) and path[-1] == "scale"
