"""The scenario: what is simulated, read from a TOML file and checked."""

from onecenter.scenario.files import from_dict, load, with_set, with_texts
from onecenter.scenario.layers import shipped, shipped_folder
from onecenter.scenario.model import Scenario

__all__ = ["Scenario", "from_dict", "load", "shipped", "shipped_folder", "with_set", "with_texts"]
