"""The decision log up to where code of the user's own went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from onecenter.engine.center import Center
from onecenter.errors import PolicyError


@contextmanager
def told_log(center: Center) -> Iterator[None]:
    """Give the error of a policy the decision log so far."""
    try:
        yield
    except PolicyError as error:
        from onecenter.results.log_table import to_frame

        error.log = to_frame(center.log)
        raise
