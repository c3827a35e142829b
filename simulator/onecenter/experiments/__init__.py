"""Many runs: replications, comparisons, sweeps, and what they say together."""
