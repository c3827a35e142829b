# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Is it right?
#
# Queues whose waits a formula gives, simulated: M/M/c with Poisson arrivals and exponential run times.

# %%
import onecenter as oc


def erlang_c(servers, load):
    """Return the share of jobs that wait."""
    lost = 1.0
    for server in range(1, servers + 1):
        lost = servers * load * lost / (server + servers * load * lost)
    return lost / (1 - load * (1 - lost))


# %% [markdown]
# Eight servers with a mean run time of 1,000 s. The formula's mean wait should lie in the interval of the replications
# (in 95 of 100 cases).

# %%
rows = []
for load in (0.5, 0.7, 0.8, 0.9):
    queue = oc.load("mm-c", set=[f"platforms.queue.demand.customers.scale={load / 0.8}", 'time.horizon="60 d"'])
    mean = oc.replicate(queue, 10).wait("center")
    formula = erlang_c(8, load) * 1_000 / (8 * (1 - load))
    rows.append((load, mean.low / 1_000, mean.value / 1_000, mean.high / 1_000, formula))
rows

# %%
from matplotlib import pyplot

figure, axes = pyplot.subplots(layout="constrained")
loads = [row[0] for row in rows]
axes.errorbar(loads, [row[2] for row in rows], yerr=[[r[2] - r[1] for r in rows], [r[3] - r[2] for r in rows]], fmt="o")
curve = [0.4 + 0.52 * k / 100 for k in range(101)]
axes.plot(curve, [erlang_c(8, load) * 1_000 / (8 * (1 - load)) for load in curve])
axes.set(xlabel="load", ylabel="mean wait (s)", yscale="log", title="M/M/8: simulated with 95 % intervals, and formula")
axes

# %% [markdown]
# Little's law holds exactly: the number of jobs that wait, integrated over time, is the time that jobs wait. The one is
# worked out from the series, the other from the jobs.

# %%
from onecenter.results.series import time_integrals

result = oc.run("tiny")
waiting = time_integrals(result.series, "waiting", 0, result.window.horizon)
sum(waiting.values()), result.jobs["wait_ms"].sum()

# %% [markdown]
# The tests go further: seven kinds of queue, an independent naive twin of the core, and the published schedules of a
# real log, job for job.
