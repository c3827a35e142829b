"""The compiled core and what drives it: the only room that calls kernels."""
