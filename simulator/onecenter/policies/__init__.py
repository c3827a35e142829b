"""Policies: how jobs are ordered, placed and backfilled, with parts by name, by weights or of the user's own."""

from onecenter.policies.choosing import EstimateLike, PlacementLike, PolicyLike, policy_of
from onecenter.policies.code import Code, is_code
from onecenter.policies.column import column_of
from onecenter.policies.estimate import Estimate, estimate_of, read_estimate
from onecenter.policies.given import Given
from onecenter.policies.installed import installed
from onecenter.policies.key import Job, Key, key_of, read_key
from onecenter.policies.linear import NO_WEIGHT, WEIGHT, Linear
from onecenter.policies.multifactor import FACTOR_WEIGHT, NO_FACTOR, PERIOD, SHARES, Multifactor
from onecenter.policies.parts import (
    BY_ORDER,
    CHECKS,
    DEPTH,
    MAX_THRESHOLDS,
    RESERVATIONS,
    RESERVING,
    WALLTIME,
    wrong_parts,
)
from onecenter.policies.policy import NAMED, PACKED, Policy, checked_policy, texts_of
from onecenter.policies.scheduler import Scheduler, SchedulerCode, read_scheduler, scheduler_of
from onecenter.policies.score import Node, Score, read_score, score_of
from onecenter.policies.victims import Victim, VictimKey, read_victims, victim_key_of

__all__ = [
    "BY_ORDER",
    "CHECKS",
    "DEPTH",
    "FACTOR_WEIGHT",
    "MAX_THRESHOLDS",
    "NAMED",
    "NO_FACTOR",
    "NO_WEIGHT",
    "PACKED",
    "PERIOD",
    "RESERVATIONS",
    "RESERVING",
    "SHARES",
    "WALLTIME",
    "WEIGHT",
    "Code",
    "Estimate",
    "EstimateLike",
    "Given",
    "Job",
    "Key",
    "Linear",
    "Multifactor",
    "Node",
    "PlacementLike",
    "Policy",
    "PolicyLike",
    "Scheduler",
    "SchedulerCode",
    "Score",
    "Victim",
    "VictimKey",
    "checked_policy",
    "column_of",
    "estimate_of",
    "installed",
    "is_code",
    "key_of",
    "policy_of",
    "read_estimate",
    "read_key",
    "read_scheduler",
    "read_score",
    "read_victims",
    "scheduler_of",
    "score_of",
    "texts_of",
    "victim_key_of",
    "wrong_parts",
]
