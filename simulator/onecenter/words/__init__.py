"""What is said to people: one catalogue of texts per language, and one writer of numbers with their units."""

from onecenter.words.catalogue import LANGUAGES, catalogue
from onecenter.words.writer import GLUE, MARKS, Words

__all__ = ["GLUE", "LANGUAGES", "MARKS", "Words", "catalogue"]
