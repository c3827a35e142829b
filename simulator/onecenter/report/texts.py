"""All that the report says, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

from onecenter.report.log_words import LOG_TEXTS
from onecenter.report.policy_words import POLICY_TEXTS

LANGUAGES: Final = ("en", "zh")

Texts = Mapping[str, tuple[str, str]]

#: Texts about one result and about plans; all are in TEXTS.
_OWN: Final[Texts] = {
    # The page
    "kind": ("Report on a simulated AI computing center", "智算中心仿真报告"),
    "contents": ("Contents", "目录"),
    "answer": ("The answer", "结论"),
    "side by side": ("Results side by side", "各结果对比"),
    "targets": ("Targets in this run", "本次仿真的服务目标"),
    "waits": ("Waits by platform in this run", "本次仿真的各平台等待时间"),
    "use": ("Use of the center", "中心利用率"),
    "frontier": ("Waits and number of nodes over replications", "重复仿真：等待时间与节点数"),
    "money": ("Cost, energy and carbon", "费用、能耗与碳排放"),
    "center": ("The center", "中心配置"),
    "answer fleet": ("The fleet of the answer", "结论规模的配置"),
    "policy": ("Scheduling policy", "调度策略"),
    "notes": ("Assumptions and sources", "假设与来源"),
    "method": ("How to read the figures", "口径说明"),
    "plan origin": ("Where the plan comes from", "规划的来源与可复现信息"),
    "origin": ("Where the figures come from", "数据来源与可复现信息"),
    # The answer
    "no targets": ("This run has no targets to be judged by.", "本次仿真没有设定服务目标。"),
    "the target is met": ("The target is met.", "目标达标。"),
    "all are met": ("All {count} targets are met.", "{count} 项目标全部达标。"),
    "one is missed": ("1 of {count} targets is missed: {list}.", "{count} 项目标中有 1 项未达标：{list}。"),
    "some are missed": (
        "{missed} of {count} targets are missed: {list}.",
        "{count} 项目标中有 {missed} 项未达标：{list}。",
    ),
    "the target is missed": ("The target is missed: {list}.", "目标未达标：{list}。"),
    "are met": ("{met} of {count} targets are met.", "{count} 项目标中有 {met} 项达标。"),
    "are undecided": ("This run cannot decide: {list}.", "本次仿真不足以判断：{list}。"),
    "missed by": (
        "{platform}, {what} is {measured} against {limit} allowed, {factor} times as long",
        "{platform}，{what}为 {measured}，目标为 {limit}，是目标的 {factor} 倍",
    ),
    "missed factor": (
        "{platform}, {what} is {measured} against {limit} allowed",
        "{platform}，{what}为 {measured}，目标为 {limit}",
    ),
    "missed unknown": (
        "{platform}, {what} should be at most {limit}, but only {within} of the jobs kept it",
        "{platform}，{what}应不超过 {limit}，但仅有 {within} 的作业达到",
    ),
    "undecided item": ("{platform} ({reason})", "{platform}（{reason}）"),
    "never fit": (
        "{platform}, {what}: {count} of {jobs} jobs can never run on this center",
        "{platform}，{what}：{jobs} 个作业中有 {count} 个在本中心永远无法运行",
    ),
    "few jobs": (
        "Few jobs are behind {list}: another period could well be judged otherwise.",
        "{list}所依据的作业较少：换一个时段，结论可能不同。",
    ),
    "few item": ("{platform}, {what}", "{platform}的{what}"),
    "still waiting": ("jobs that still wait decide it", "取决于仍在排队的作业"),
    "tightest": (
        "Nearest to its limit is {platform}: {what} {measured} of {limit} allowed.",
        "最接近上限的是{platform}：{what} {measured}，上限 {limit}。",
    ),
    "one run": (
        "These are figures of one run; another draw of the random numbers gives others.",
        "以上数字来自一次仿真；换一组随机数，结果会有所不同。",
    ),
    "queue grows": (
        "The queue grows: {waiting} jobs of this period waited at its end, so a longer one would show longer waits.",
        "排队不断增长：统计时段结束时仍有 {waiting} 个作业在等待，时段越长，等待越久。",
    ),
    "header": (
        "{nodes} nodes, {accelerators} accelerators; {policy}",
        "{nodes} 个节点、{accelerators} 张加速卡；{policy}",
    ),
    "own demand": ("{run}, at the scenario's own demand", "{run}，按场景原有需求"),
    "run below": ("The run shown below, with {nodes} nodes", "下文所示的仿真（{nodes} 个节点）"),
    "fleet of": ("{name}: {count}", "{name}：{count}"),
    "answer is": ("Answer: {values}.", "结论：{values}。"),
    "no answer": ("No fleet that was tried surely meets all targets.", "所尝试的规模中，没有一个能确定满足全部目标。"),
    "join": ("; ", "；"),
    "comma": (", ", "、"),
    "between": (" ", ""),
    # Tables
    "platform": ("Platform", "平台"),
    "all platforms": ("Center", "全中心"),
    "target": ("Target", "目标"),
    "measured": ("Measured", "实测"),
    "in time": ("Jobs in time", "按时比例"),
    "jobs": ("Jobs", "作业数"),
    "started in time": ("Started in time", "按时启动"),
    "late": ("Late", "未按时"),
    "cancelled waiting": ("Left while waiting", "排队时离开"),
    "open": ("Still waiting", "仍在排队"),
    "refused": ("Can never run", "永远无法运行"),
    "never": ("never", "不会启动"),
    "at least": ("≥ {low}", "≥ {low}"),
    "from to": ("{low} to {high}", "{low} 至 {high}"),
    "verdict": ("Verdict", "是否达标"),
    "met": ("met", "达标"),
    "missed": ("missed", "未达标"),
    "undecided": ("undecided", "无法判断"),
    "mean": ("Mean", "平均"),
    "reason": ("Why jobs waited", "主要等待原因"),
    "share of use": ("Use", "利用率"),
    "hours": ("Accelerator-hours", "加速卡小时"),
    "at most": ("≤ {limit}", "≤ {limit}"),
    "beyond": ("not reached", "未达到"),
    "nobody": ("no jobs", "无作业"),
    "result": ("Result", "结果"),
    "nodes": ("Nodes", "节点数"),
    "accelerators": ("Accelerators", "加速卡数"),
    "targets met": ("Targets met", "达标数"),
    "of": ("{part} of {whole}", "{part}/{whole}"),
    "fleet": ("Fleet", "规模"),
    "node type": ("Node type", "节点类型"),
    "model": ("Accelerator model", "加速卡型号"),
    "per node": ("Accelerators a node", "每节点加速卡"),
    "pflops": ("PFLOPS (FP16)", "算力（PFLOPS，FP16）"),
    "total": ("Total", "合计"),
    "interval": ("95 % interval", "95% 置信区间"),
    "wait percentile": ("{percentile} wait", "{percentile}等待时间"),
    "expansion percentile": ("{percentile} of (wait + run) / run", "（等待+运行）/运行的{percentile}"),
    "sizes": ("{what}, jobs of {sizes} accelerators", "{what}（{sizes} 张加速卡的作业）"),
    "replications": ("Replications", "重复仿真次数"),
    "periods missed": ("Four-week periods that miss", "不达标的四周期间"),
    "yearly cost": ("Yearly cost at full use", "满载年费用"),
    # Captions
    "targets caption": (
        "Each target, what was measured in this run, and how many jobs kept it. A job that can never run on this "
        "center, or that left while it waited, is not in time.",
        "各项目标、本次仿真的实测值与按时作业比例。在本中心永远无法运行的作业，以及排队时离开的作业，都不算按时启动。",
    ),
    "jobs caption": (
        "What became of the jobs of this run; each is in one column. Without a target, a job that started is in time.",
        "本次仿真中作业的去向，每个作业只计入一列。没有目标的平台，启动即算按时。",
    ),
    "waits caption": (
        "How long jobs of this run wait from submission to start; half of the jobs wait at most {p50}, 95 % at most "
        "{p95}.",
        "本次仿真中作业从提交到启动的等待时间：一半的作业不超过 {p50}，95% 的作业不超过 {p95}。",
    ),
    "waits title": (
        "Waits by platform on a logarithmic axis: {list}",
        "各平台等待时间（对数坐标）：{list}",
    ),
    "waits legend": (
        "Small marks: {p50} and {p99}; large mark: {p95}; upright line: target. Logarithmic axis.",
        "小标记为 {p50}与 {p99}，大标记为 {p95}，竖线为目标；对数坐标。",
    ),
    "week caption": (
        "Mean use of the center's {count} accelerators by hour of the week, in local time ({zone}).",
        "中心 {count} 张加速卡在一周内各小时的平均利用率（当地时间，{zone}）。",
    ),
    "run caption": (
        "Use of the center's {count} accelerators over the run, in hours since its start.",
        "中心 {count} 张加速卡在仿真期内的利用率（横轴为开始后的小时数）。",
    ),
    "use title": (
        "Accelerators in use, stacked by platform; averages: {list}",
        "各平台占用加速卡的比例（堆叠），平均值：{list}",
    ),
    "percent axis": ("accelerators in use (%)", "加速卡使用比例（%）"),
    "hour axis": ("hours since the start", "开始后的小时数"),
    "nodes axis": ("nodes in all", "节点总数"),
    "frontier axis": ("wait at the target's percentile", "目标分位的等待时间"),
    "frontier answer": ("answer", "结论"),
    "frontier none": ("no target for waits", "没有等待时间目标"),
    "frontier caption": (
        "What the plan tried: waits at the target's percentile by number of nodes; bands are 95 % intervals over "
        "replications, dashed lines the targets. Logarithmic axis.",
        "规划所尝试的规模：不同节点数下目标分位的等待时间；色带为重复仿真的 95% 置信区间，虚线为目标；对数坐标。",
    ),
    "frontier title": (
        "Waits against number of nodes; the answer is {values}",
        "等待时间随节点数的变化；结论：{values}",
    ),
    "approximation": (
        "For comparison, an M/G/c approximation of the answer gives a {what} of {wait}.",
        "作为对照，M/G/c 近似给出的{what}为 {wait}。",
    ),
    "meets caption": (
        "The answer's fleet against the targets, over all replications; one run differs from them by chance.",
        "结论规模与各项目标的对照（全部重复仿真）；单次仿真与之会有随机差异。",
    ),
    "tried caption": ("The fleets that the plan tried.", "规划所尝试的规模。"),
    "sides caption": (
        "Waits are the 95th percentile of each platform; ✓ met, ✗ missed, ? undecided.",
        "等待时间为各平台的 95 分位；✓ 达标，✗ 未达标，? 无法判断。",
    ),
    "center caption": ("Nodes by type.", "各类节点。"),
    # How the figures are made
    "window": (
        "The figures are about the {length} from {first} to {last} ({zone}).",
        "统计时段为 {first} 至 {last}，共 {length}（{zone}）。",
    ),
    "warm-up": (
        "The {length} before it only fill the center and are left out (warm-up).",
        "此前的 {length} 为预热期，不计入统计。",
    ),
    "no warm-up": ("Nothing was left out at the beginning (no warm-up).", "没有预热期，从开始即计入统计。"),
    "all jobs": (
        "All jobs submitted in this time count: the run went on until each of them had started or left. A job that "
        "never starts ranks as waiting longer than any.",
        "此期间提交的作业全部计入：仿真一直进行到它们全部启动或离开为止。从未启动的作业按等待最久计。",
    ),
    "open jobs": (
        "All jobs submitted in this time count. {count} of them still waited when the run stopped: where they matter, "
        "a figure is given by its bounds.",
        "此期间提交的作业全部计入。仿真停止时仍有 {count} 个作业在排队：受其影响的数字以上下界给出。",
    ),
    "verdicts": (
        "A target such as “{what} at most 30 min” asks that 95 % of the jobs start within 30 min. It is met, missed, "
        "or undecided where jobs that still wait decide it. Jobs are few where fewer than {fewest} of them are "
        "expected beyond the percentile.",
        "“{what}不超过 30 分钟”表示至少 95% 的作业应在 30 分钟内启动。"
        "结论有三种：达标、未达标，以及无法判断（取决于仍在排队的作业）。"
        "预计超出该分位的作业不足 {fewest} 个时，注明作业较少。",
    ),
    # Cost, energy, carbon
    "figure": ("Measure", "指标"),
    "value": ("Value", "数值"),
    "energy": ("Energy in {length}", "{length}能耗"),
    "energy a year": ("Energy of a year at this use", "按此利用率的年能耗"),
    "mean power": ("Mean power", "平均功率"),
    "full power": ("Power at full use", "满载功率"),
    "pue": ("PUE", "PUE（电能利用效率）"),
    "carbon": ("CO2 in {length}", "{length}二氧化碳排放"),
    "carbon a year": ("CO2 of a year at this use", "按此利用率的年二氧化碳排放"),
    "capital": ("Yearly write-off", "年折旧"),
    "running cost": ("Yearly running cost, energy aside", "年运维费用（不含电费）"),
    "energy cost": ("Yearly energy cost at this use", "按此利用率的年电费"),
    "total cost": ("Yearly cost in all at this use", "按此利用率的年费用合计"),
    "cost of an hour": ("Cost of an accelerator-hour in use", "每个已用加速卡小时的成本"),
    "not given": ("The scenario does not give: {list}.", "场景未给出：{list}。"),
    "powers": ("power of the nodes", "节点功率"),
    "prices": ("prices of the nodes", "节点价格"),
    "tariff": ("price of energy", "电价"),
    "carbon factor": ("CO2 a kWh", "电网碳排放因子"),
    # Where the figures come from
    "scenario": ("Scenario", "场景"),
    "file": ("File", "文件"),
    "overrides": ("Values changed", "改动的取值"),
    "demand": ("Demand", "需求"),
    "window of replications": ("Window of each replication", "每次重复仿真的统计时段"),
    "limits": ("Limits", "约束"),
    "budget limit": ("at most {amount} per year", "每年不超过 {amount}"),
    "power limit": ("at most {power} at full use", "满载功率不超过 {power}"),
    "racks limit": ("at most {count} racks", "不超过 {count} 个机柜"),
    "times": ("x {factor}", "{factor} 倍"),
    "hash": ("Scenario, SHA-256", "场景的 SHA-256"),
    "seed": ("Seed", "随机种子"),
    "digest": ("Decision log, SHA-256", "决策日志的 SHA-256"),
    "kernels": ("Compiled core, hash", "编译内核的哈希值"),
    "versions": ("Software", "软件版本"),
    "repeat": (
        "The command “onecenter run” with this result file repeats the run and gives the same decision log.",
        "用命令“onecenter run”打开本结果文件即可重复仿真，得到相同的决策日志。",
    ),
    # The week
    "day 0": ("Mon", "周一"),
    "day 1": ("Tue", "周二"),
    "day 2": ("Wed", "周三"),
    "day 3": ("Thu", "周四"),
    "day 4": ("Fri", "周五"),
    "day 5": ("Sat", "周六"),
    "day 6": ("Sun", "周日"),
}

#: By key the English and the Chinese text; {names} are filled in.
TEXTS: Final[Texts] = {**_OWN, **POLICY_TEXTS, **LOG_TEXTS}
