"""How many nodes a center needs so that every platform's waits meet their targets."""

from onecenter.planning.answer import Plan
from onecenter.planning.limits import Limits
from onecenter.planning.search import plan

__all__ = ["Limits", "Plan", "plan"]
