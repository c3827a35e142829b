"""Benchmarks: jobs simulated a second beside bare SimPy, exact work counts, and the queue delay of every policy."""
