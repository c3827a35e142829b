"""How many nodes a center needs so that every platform's waits meet their targets."""

from onecenter.planning.answer import Plan
from onecenter.planning.limits import Limits
from onecenter.planning.planner import plan
from onecenter.planning.quota import QuotaPlan, plan_quota
from onecenter.planning.years import Outlook, outlook

__all__ = ["Limits", "Outlook", "Plan", "QuotaPlan", "outlook", "plan", "plan_quota"]
