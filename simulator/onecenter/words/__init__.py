"""What is said to people: one catalogue of texts per language, and one writer of numbers with their units."""

from onecenter.words.writer import GLUE, LANGUAGES, MARKS, Words, catalogue

__all__ = ["GLUE", "LANGUAGES", "MARKS", "Words", "catalogue"]
