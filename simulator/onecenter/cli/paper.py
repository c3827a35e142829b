"""Where the lines and tables of a comparison go: to a terminal, or as Markdown into a comment."""

from onecenter.cli.printing import console, markdown, print_view
from onecenter.cli.streams import answers
from onecenter.results.views import View
from onecenter.visible import visible


class Paper:
    """A terminal, or a page in Markdown, as GitHub and GitLab read it."""

    def __init__(self, *, as_markdown: bool) -> None:
        self._out = None if as_markdown else console()

    def line(self, text: str) -> None:
        """Print a line; in Markdown a paragraph."""
        if self._out is None:
            print(f"{visible(text)}\n", file=answers())
        else:
            self._out.print(f"  {text}")

    def gap(self) -> None:
        """Leave a line free, which Markdown does by itself."""
        if self._out is not None:
            self._out.print()

    def table(self, view: View) -> None:
        """Print a table."""
        if self._out is None:
            print(markdown(view), file=answers())
        else:
            print_view(self._out, view)
