"""Whom the jobs of a ClusterQueue may evict, and the weights of fair sharing."""

from typing import Any, Final

from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field
from onecenter.imports.scalars import one_of, quantity, whole
from onecenter.scenario.quantities import PRIORITIES, thousandths_text

#: Kueue's words, and those of a scenario.
WITHIN: Final = {
    "Never": "never",
    "LowerPriority": "lower-priority",
    "LowerOrNewerEqualPriority": "lower-or-newer-equal-priority",
}
RECLAIM: Final = {"Never": "never", "LowerPriority": "lower-priority", "Any": "any"}
BORROW: Final = {"Never": "never", "LowerPriority": "lower-priority"}


def preemption_of(of: Field, notes: Notes) -> dict[str, Any]:
    """Return the preemption of a platform, from what a queue says, or a queue of a load test; without what is never."""
    words = {
        "within": (of.at("withinClusterQueue"), WITHIN),
        "reclaim": (of.at("reclaimWithinCohort"), RECLAIM),
        "borrow_within_cohort": (of.at("borrowWithinCohort", "policy"), BORROW),
    }
    found = {key: known.get(one_of(at, tuple(known), notes), "never") for key, (at, known) in words.items()}
    found = {key: word for key, word in found.items() if word != "never"}
    at = of.at("borrowWithinCohort", "policy")
    if "borrow_within_cohort" in found and "reclaim" not in found and at is not None:
        notes.wrong(at, "it needs reclaimWithinCohort LowerPriority or Any")
    most = of.at("borrowWithinCohort", "maxPriorityThreshold")
    threshold = {} if most is None else {"max_priority_threshold": whole(most, notes, *PRIORITIES)}
    return found | threshold


def weight_of(holder: Field, notes: Notes) -> dict[str, Any]:
    """Return the weight of a ClusterQueue or Cohort; nothing where there is none."""
    weight = quantity(holder.at("spec", "fairSharing", "weight"), notes)
    if weight is None:
        return {}
    said = "weights count with policy.fair_sharing = true, which Kueue's own configuration switches on"
    if said not in notes.to_add:
        notes.to_add.append(said)
    return {"weight": thousandths_text(weight)}
