"""What the report says about policies and reasons to wait, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

#: By key the English and the Chinese text; the names of parts and reasons are their own keys.
POLICY_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    # Policy
    "order": ("Order of jobs", "排队顺序"),
    "backfill": ("Overtaking (backfill)", "回填"),
    "placement": ("Placement", "放置"),
    "ageing": ("Ageing", "老化"),
    "ageing text": (
        "an hour of waiting adds {rate} to the priority, for at most {most}",
        "每等待 1 小时优先级加 {rate}，最多累计 {most}",
    ),
    "depth": ("Jobs looked at", "检查深度"),
    "depth text": (
        "{depth} in order, {behind} behind the first that does not fit",
        "按顺序 {depth} 个，首个受阻作业之后 {behind} 个",
    ),
    "all of them": ("all", "全部"),
    "fifo": ("first come, first served", "先来先服务"),
    "sjf": ("shortest requested time first", "申请时长最短优先"),
    "smallest-first": ("smallest first", "最小优先"),
    "largest-first": ("largest first", "最大优先"),
    "priority": ("by priority of the platform", "按平台优先级"),
    "none": ("no backfill", "不回填"),
    "easy": ("EASY: no delay of the first job that waits", "EASY：不推迟队首作业"),
    "easy-sjbf": ("EASY, shortest jobs first", "EASY：短作业优先"),
    "conservative": ("conservative: no delay of any job ahead", "保守回填：不推迟前面的任何作业"),
    "first-fit": ("first node that fits", "首个合适的节点"),
    "best-fit": ("fullest node that fits", "最满的合适节点（最佳适配）"),
    "worst-fit": ("emptiest node that fits", "最空的合适节点（最差适配）"),
    "fewest-racks": ("as few racks as possible", "尽量少的机柜"),
    # Reasons
    "limit": ("limit of jobs looked at", "超出检查深度"),
    "node type reason": ("only other node types were free", "只有不允许的节点类型空闲"),
    "no free accelerator": ("no free accelerator", "没有空闲加速卡"),
    "cpu or memory": ("cpu or memory short", "处理器或内存不足"),
    "fragmentation": ("free accelerators scattered", "空闲加速卡分散"),
    "reservation ahead": ("reserved for a job ahead", "已预留给前面的作业"),
    "queue ahead": ("queue ahead", "前面有作业排队"),
}
