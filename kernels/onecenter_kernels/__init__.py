"""The compiled core: numpy and numba only; it knows no scenario, no SimPy and no file."""
