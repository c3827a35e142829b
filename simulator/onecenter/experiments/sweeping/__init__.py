"""Many variants of a scenario, run by run, kept on disk; and which of their values matter most."""

from onecenter.experiments.sweeping.indices import Sensitivity, sensitivity, sobol
from onecenter.experiments.sweeping.running import Sweep, sweep

__all__ = ["Sensitivity", "Sweep", "sensitivity", "sobol", "sweep"]
