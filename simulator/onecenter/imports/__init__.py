"""Configurations of other schedulers as scenarios: what is modelled is written, what is not is listed with its line."""
