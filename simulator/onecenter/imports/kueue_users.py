"""Who submits to ClusterQueues, and how urgent it can be: said of streams, which the files do not have."""

from onecenter.imports.answer import Notes
from onecenter.imports.kueue_objects import Objects
from onecenter.imports.scalars import name_of, text, whole
from onecenter.scenario.quantities import PRIORITIES


def users(objects: Objects, notes: Notes) -> None:
    """Read LocalQueues and WorkloadPriorityClasses; note what to say of the streams that are to be added."""
    for each in objects.of["LocalQueue"].values():
        queue, named = text(each.at("spec", "clusterQueue"), notes), text(each.at("metadata", "name"), notes)
        notes.to_add.append(f"LocalQueue {named}: a tenant of the platform {name_of(queue)}")
        if name_of(queue) not in objects.of["ClusterQueue"]:
            notes.assumed.append(f"LocalQueue {named} leads to {queue}, which is not in the files")
    for name, each in objects.of["WorkloadPriorityClass"].items():
        for key in ("description", "metadata"):
            each.take(key)
        value = whole(each.at("value"), notes, *PRIORITIES)
        notes.to_add.append(f"WorkloadPriorityClass {name}: priority = {value} of a stream")
