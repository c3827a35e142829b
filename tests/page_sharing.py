"""How the platforms of an example of a page share its center.

Lines `class:` say what holds for the jobs of a platform: "X tier 1 grace 2 every 3 write 1 restart 1 requeue 0".
Lines `quota:` are members of the tree, each behind its cohort: "X nominal big 4 small 2 borrowing_limit big 1",
"in C" puts it into a cohort, "strict" is its queueing, "within lower-priority reclaim any" whom it evicts, "weight 2"
its weight; who submits nothing is a cohort. Lines `limits:` are of
platforms: "X max_running_jobs 1"; `change:` is of a member from a minute on: "5 X nominal big 2".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from onecenter_kernels.codes import AMOUNTS

from onecenter.workload.sharing import NONE, Change, JobClass, Limit, Member, Sharing

SETTINGS = {"quota", "limits", "change", "class"}
MINUTE = 60_000


def sharing_of(
    settings: Mapping[str, tuple[str, ...]], platforms: Sequence[str], types: Sequence[str]
) -> Sharing | None:
    """Return what the lines of an example say; None: nothing."""
    if not SETTINGS & set(settings):
        return None
    members = [Member(nominal=(0,) * len(types))]
    for text in settings.get("quota", ()):
        members.append(member_of(text.split(), [each.name for each in members], platforms, types))
    for name in platforms:
        if name not in {each.name for each in members}:
            members.append(member_of([name], [], platforms, types))
    names = [each.name for each in members]
    changes = [change for text in settings.get("change", ()) for change in changes_of(text.split(), names, types)]
    limits = dict(map(limit_of, settings.get("limits", ())))
    classes = dict(map(class_of, settings.get("class", ())))
    return Sharing(
        tuple(members),
        tuple(changes),
        tuple(limits.get(name, Limit()) for name in platforms),
        classes=tuple(classes.get(name, JobClass()) for name in platforms),
    )


def member_of(words: list[str], known: Sequence[str], platforms: Sequence[str], types: Sequence[str]) -> Member:
    """Return a member of the tree."""
    name, *rest = words
    parts: dict[str, Any] = {"name": name, "platform": platforms.index(name) if name in platforms else -1}
    parts["parent"] = 0
    amounts = {what: [0 if what == "nominal" else NONE] * len(types) for what in AMOUNTS}
    while rest:
        word = rest.pop(0)
        if word == "in":
            parts["parent"] = known.index(rest.pop(0))
        elif word == "strict":
            parts["strict"] = True
        elif word in ("within", "reclaim"):
            parts[word] = rest.pop(0)
        elif word == "weight":
            parts[word] = 1000 * int(rest.pop(0))
        elif word == "borrowing_up_to":
            parts |= {"while_borrowing": True, "threshold": int(rest.pop(0))}
        else:
            while rest and rest[0] in types:
                kind = types.index(rest.pop(0))
                amounts[word][kind] = 1000 * int(rest.pop(0))
    return Member(**parts, **{what: tuple(values) for what, values in amounts.items()})


def changes_of(words: list[str], names: Sequence[str], types: Sequence[str]) -> list[Change]:
    """Return what changes of a member at a minute."""
    minute, name, what, *rest = words
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return [
        Change(int(minute) * MINUTE, names.index(name), types.index(kind), what, 1000 * int(value))
        for kind, value in pairs
    ]


def class_of(text: str) -> tuple[str, JobClass]:
    """Return a platform and the class of its jobs; times in minutes."""
    name, *rest = text.split()
    pairs = zip(rest[::2], rest[1::2], strict=True)
    units = {"tier": 1, "requeue": 1}
    return name, JobClass(**{what: units.get(what, MINUTE) * int(value) for what, value in pairs})


def limit_of(text: str) -> tuple[str, Limit]:
    """Return a platform and its limits: jobs, accelerators, minutes."""
    name, *rest = text.split()
    units = {"max_accelerators": 1000, "max_per_job": 1000, "max_walltime": MINUTE}
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return name, Limit(**{what: units.get(what, 1) * int(value) for what, value in pairs})
