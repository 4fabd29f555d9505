"""A bar for what takes long, where somebody is looking."""

import contextlib
import sys
import time
from collections.abc import Iterator

from gitprov.api.options import Progress


@contextlib.contextmanager
def bar(what: str) -> Iterator[Progress | None]:
    """Yield what shows progress on a terminal; `None` where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from gitprov.views.progress import Bar

    shown = Bar(what, sys.stderr, time.monotonic)
    try:
        yield shown
    finally:
        shown.close()
