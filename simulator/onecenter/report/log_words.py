"""What the report says about the log of a replay, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

from onecenter.traces import trace

_REASONS: Final = {
    trace.PARTIAL: "作业的一部分（状态 2、3 或 4）",
    trace.NO_RUN: "运行时间 ≤ 0",
    trace.NO_PROCESSORS: "处理器数 ≤ 0",
    trace.BEFORE: "提交时刻 < 0",
    trace.TOO_MANY: "处理器数超过 2,147,483,647",
    trace.TOO_LARGE: "所需加速卡超过任一机型的总数",
    trace.REQUESTED: "日志无实际分配数，处理器数按申请数计",
    trace.NO_WALLTIME: "日志无申请时长，按运行时间计",
    trace.CUT: "运行时间截断到申请时长",
    trace.UNSORTED: "未按提交时刻排列（已排序，同时刻保持文件顺序）",
    trace.AGAIN: "作业编号重复（重新排队），改称 id#2、id#3 等",
    trace.SPREAD: "处理器数超过单个节点，可在任意节点上分配",
}

#: By key the English and the Chinese text; {names} are filled in. A reason is its own key.
LOG_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "log rows": ("What was used of the log", "日志的使用情况"),
    "jobs used": ("{jobs} of the log's {rows} jobs are used.", "日志共有作业 {rows} 个，使用 {jobs} 个。"),
    "rows refused": ("{count} of them refused by the center: {reason}.", "其中 {count} 个被中心拒绝：{reason}。"),
    "rows left out": ("{count} left out: {reason}.", "剔除 {count} 个：{reason}。"),
    "rows repaired": ("{count} adjusted: {reason}.", "调整 {count} 个：{reason}。"),
    "pool of the header": (
        "The center is one pool of {count} accelerators, as the log's header says.",
        "中心配置取自日志头部：{count} 块加速卡，不分节点。",
    ),
    "bare window": (
        "The figures are about the {length} that begin {first} after the log's first submit.",
        "统计时段为日志首次提交之后 {first} 起的 {length}。",
    ),
    "log": ("Job log", "作业日志"),
    "log hash": ("Job log, SHA-256", "作业日志的 SHA-256"),
    **{reason: (reason, chinese) for reason, chinese in _REASONS.items()},
}
