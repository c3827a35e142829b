"""What a plan was asked: the scenario as it was handed over, what was changed in it, and for which demand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from onecenter import units
from onecenter.planning.growth import with_demand
from onecenter.policies import Given, PlacementLike, Policy, PolicyLike
from onecenter.scenario import Scenario
from onecenter.simulation.provenance import told
from onecenter.simulation.running import ScenarioLike, scenario_of
from onecenter.words import Words


@dataclass(frozen=True)
class Question:
    """What a plan or an outlook was asked."""

    scenario: Scenario  # with the overrides, before the demand is scaled and a fleet varies
    seed: int | None = None  # the one that was given; None: the scenario's own
    demand: float = 1.0  # scale of every stream
    given: Given = field(default_factory=Given)  # instead of the scenario's policy

    @classmethod
    def of(
        cls,
        scenario: ScenarioLike,
        set: str | Sequence[str] = (),
        seed: int | None = None,
        demand: float = 1.0,
        policy: PolicyLike | Given | None = None,
        placement: PlacementLike | None = None,
    ) -> "Question":
        """Return the question about a scenario, read if it is a name or path."""
        return cls(scenario_of(scenario, seed, set), seed, demand, Given.of(policy, placement))

    @property
    def set(self) -> tuple[str, ...]:
        """The overrides, "path=value", targets among them."""
        return self.scenario.changes

    @property
    def scaled(self) -> Scenario:
        """The scenario that is planned for: every stream's scale times the demand."""
        return with_demand(self.scenario, self.demand)

    @property
    def policy(self) -> Policy:
        """Under which it is asked."""
        return self.given.on(self.scenario.policy_)

    def conditions(self, words: Words) -> str:
        """Return under what the answer holds, in words; empty where nothing but the scenario was given."""
        parts = []
        if self.demand != 1:
            parts.append(words("question.demand", factor=units.plain(self.demand)))
        if self.set:
            parts.append(words("question.set", values=words("question.comma").join(self.set)))
        if self.policy != self.scenario.policy_:
            parts.append(words("question.policy", policy=self.policy.text))
        if self.seed is not None:
            parts.append(words("question.seed", seed=self.seed))
        return words("question.comma").join(parts)

    def platform(self, name: str, words: Words) -> str:
        """Return a platform's Chinese label in a Chinese text, else its name."""
        return self.scenario.labels_in("zh")[name] if words.language == "zh" else name

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data: what a report needs to know which results it belongs with."""
        return told(self.scenario) | {"demand": self.demand, "policy": self.policy.as_dict()}
