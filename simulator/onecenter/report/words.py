"""What says the texts of the report in one language."""

from onecenter.policies import Policy
from onecenter.report.texts import LANGUAGES, TEXTS

__all__ = ["LANGUAGES", "TEXTS", "Words"]


class Words:
    """Says things in one language.

    Parameters
    ----------
    language : str
        "en" or "zh".
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)

    def between(self, low: str | None, high: str | None) -> str:
        """Return a figure by its bounds, each as a text; None: infinite."""
        if low is None:
            return self("never")
        if high is None:
            return self("at least", low=low)
        return low if low == high else self("from to", low=low, high=high)

    def policy(self, policy: Policy) -> str:
        """Return the parts of a policy, without their parameters."""
        return self("join").join(self(getattr(policy, part)) for part in ("order", "backfill", "placement"))

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key with its values filled in."""
        return TEXTS[key][self._place].format(**values)
