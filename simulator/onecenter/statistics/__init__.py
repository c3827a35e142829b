"""Estimates from what a run has shown."""
