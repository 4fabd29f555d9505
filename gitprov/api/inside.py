"""What a run says of itself while it goes on, from any language: `git prov param`, `git prov metric`."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from gitprov.capture.assignments import parse_assignments, parse_metrics
from gitprov.errors import ProvError
from gitprov.records import journal

JOURNAL = "GIT_PROV_JOURNAL"
"""Where that run is written down as it goes."""
SEED = "GIT_PROV_SEED"
"""The seed the person asked for."""


def tell_params(environ: Mapping[str, str], assignments: Sequence[str]) -> None:
    """Add parameters (`k=v`) to the run under way. Raises `UsageError` for a malformed one."""
    _tell(environ, {"params": parse_assignments(assignments)})


def tell_metrics(environ: Mapping[str, str], assignments: Sequence[str], step: int | None) -> None:
    """Add results (`k=v`, numbers) to the run under way. Raises `UsageError` for what is no number."""
    values = parse_metrics(assignments)
    now = round(time.time(), 3)
    at = {"at": now} if step is None else {"at": now, "step": step}
    _tell(environ, {"metrics": [{"name": name, "value": value, **at} for name, value in values.items()]})


def _tell(environ: Mapping[str, str], line: dict[str, Any]) -> None:
    path = environ.get(JOURNAL)
    if not path:
        raise ProvError("this is not inside a run", hint="start the program with: git prov run -- CMD...")
    try:
        journal.say(path, line)
    except OSError as error:
        raise ProvError(
            f"the run {environ.get(journal.RUN, '')[:7]} cannot be told: {error.strerror}",
            hint="it may be over, or its git directory out of reach from here",
        ) from None
