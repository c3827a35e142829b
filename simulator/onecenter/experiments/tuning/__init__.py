"""Parameters of a policy, tuned on some jobs and scored on others."""

from onecenter.experiments.tuning.tuning import Tuning, tune

__all__ = ["Tuning", "tune"]
