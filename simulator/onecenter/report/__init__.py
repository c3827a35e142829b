"""The report for a board: one HTML file, in English or Chinese, that needs nothing else."""

from onecenter.report.page import page
from onecenter.words import LANGUAGES

__all__ = ["LANGUAGES", "page"]
