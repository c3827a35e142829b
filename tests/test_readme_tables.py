"""The tables of features in README.md and README.zh.md say the same, row by row and cell by cell."""

import re
from pathlib import Path

import pytest

import onecenter

#: The pages belong to the code that is tested.
ROOT = Path(onecenter.__file__).resolve().parents[2]

#: What a cell can be about: a term in English, and in Chinese.
TERMS = {
    "node type": "节点类型", "racks": "机柜", "accelerators": "加速卡", "cpus": "CPU、", "memory": "内存",
    "network": "网络", "storage": "存储", "speed": "速度", "failures": "故障", "maintenance": "维护",
    "gangs": "gang", "anywhere": "任意位置", "fractions of a device": "一张卡的一部分",
    "CPU-only": "纯 CPU", "walltime kill": "超时终止", "outcomes": "结局", "patience": "放弃排队",
    "deadlines": "截止时间", "grow or shrink": "弹性伸缩", "come after others": "作业依赖", "arrays": "数组",
    "inference": "推理", "Poisson": "泊松", "hour and weekday": "按小时和星期",
    "sizes": "规模与时长", "bursts": "突发", "timetables": "课程表", "distribution": "分布",
    "table": "表格", "lists": "清单", "logs": "日志", "growth": "增长", "start-ups": "初创企业",
    "react to waits": "因等待而改变", "FIFO": "FIFO", "shortest walltime": "申请时长最短",
    "smallest": "最小优先", "largest": "最大优先", "ageing": "老化", "literature": "文献",
    "weighted sums": "加权和", "column of the jobs": "作业数据列",
    "predicted": "预测运行时间", "[keys]": "[排序键]", "[schedulers]": "[调度器]",
    "quotas": "配额", "lend": "出借", "changes on a date": "按日期", "limits": "上限", "tenant": "租户",
    "streams": "作业流", "strict queues": "严格排队", "grace": "宽限期",
    "shortest remaining": "剩余时间最短", "least attained": "已获服务最少", "time sharing": "分时",
    "dominant": "主导资源", "checkpoints": "检查点",
    "requeues": "重新排队", "queue per platform": "独立队列", "reclaiming": "收回",
    "by usage": "按用量", "partial admission": "部分准入",
    "fair share": "公平份额", "in Python": "用 Python", "none": "无、", "EASY": "EASY",
    "shortest first": "短作业优先", "conservative": "保守", "depth": "深度", "preemption": "抢占",
    "several reservations": "多个受阻作业", "order of its own": "自定顺序",
    "run-time estimates": "运行时间估计", "advance reservations": "提前预约",
    "first-fit": "first-fit", "best-fit": "best-fit",
    "worst-fit": "worst-fit", "fewest racks": "最少机柜", "dot product": "点积", "GPU packing": "GPU 紧凑",
    "GPU clustering": "GPU 聚类", "random": "随机",
    "scores": "评分", "keys": "排序键", "schedulers": "调度器", "links inside a node": "节点内互联",
    "fragmentation": "碎片", "goodput": "有效利用率", "borrowed": "借入",
    "exact ranks": "精确排位", "never starts": "从未启动",
    "targets met": "目标达标", "missed": "未达标", "undecided": "无法判断", "reasons": "原因",
    "utilisation": "利用率", "slowdown": "减速比", "fairness": "公平性", "intervals": "置信区间", "paired": "成对",
    "cost": "费用", "energy": "能耗", "carbon": "碳排放", "users": "用户", "ITP": "ITP", "Philly": "Philly",
}  # fmt: skip


def tables(page: str) -> list[list[list[str]]]:
    """Return the cells of each table of a page, the header first."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [[cells(line) for line in table.splitlines() if not line.startswith("|---")] for table in found]


def cells(line: str) -> list[str]:
    """Return the cells of a row; a bar behind a backslash belongs to its cell."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def rows(page: str) -> list[list[str]]:
    """Return the rows of the page's table of features: its header names what is modelled and what is not."""
    (table,) = (each for each in tables(page) if re.search("not yet|尚未建模", each[0][-1]))
    return table[1:]


def spans(cell: str) -> list[str]:
    """Return code spans and numbers."""
    return sorted(re.findall(r"`[^`]*`|\d[\d.,]*", cell))


def test_all_tables_have_the_same_rows_and_code() -> None:
    english, chinese = tables("README.md"), tables("README.zh.md")
    shapes = [[[len(row) for row in table] for table in page] for page in (english, chinese)]
    assert len(english) >= 3 and shapes[0] == shapes[1]
    for one, other in zip(english, chinese, strict=True):
        assert [list(map(spans, row)) for row in one] == [list(map(spans, row)) for row in other]


@pytest.mark.case("5.5")
def test_both_tables_say_the_same() -> None:
    english, chinese = rows("README.md"), rows("README.zh.md")
    assert [len(row) for row in english] == [len(row) for row in chinese] == [3] * len(english)
    for one, other in zip(english, chinese, strict=True):
        for cell, its in zip(one[1:], other[1:], strict=True):
            assert spans(cell) == spans(its)
            said = {term for term in TERMS if term.lower() in cell.lower()}
            meant = {term for term in TERMS if TERMS[term] in its}
            assert said == meant, f"{one[0]} / {other[0]}: {said ^ meant} is on one side only"


def test_every_feature_of_the_english_table_is_a_term() -> None:
    """What a row gains must be a term of this test, so that the Chinese row gains it, too."""
    for row in rows("README.md"):
        for item in re.split(r"[,;:]| and (?!weekday)", " ".join(row[1:])):
            assert not item.strip() or any(term.lower() in item.lower() for term in TERMS), f"{row[0]}: {item}"
