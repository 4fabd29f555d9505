"""What programs read of `git prov reproduce`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitprov.model.reproduction import Row
from gitprov.views.as_json import document

Fields = Mapping[str, Any]


def answers(replications: Sequence[Fields], reruns: Sequence[Fields | None]) -> str:
    """Return `{"schema": 1, "replications": [...]}`: each record, and in `rerun_record` that of the run it was."""
    pairs = zip(replications, reruns, strict=True)
    return document("replications", [{**one, "rerun_record": rerun} if rerun else one for one, rerun in pairs])


def rows(told: Iterable[Row]) -> str:
    """Return `{"schema": 1, "reproduced": [{"run", "command", "verdict", "reason", "earlier"}]}` of several runs."""
    return document(
        "reproduced",
        [
            {
                "run": row.run,
                "command": row.command,
                "verdict": row.verdict or None,
                "reason": row.reason,
                "earlier": row.is_earlier,
            }
            for row in told
        ],
    )
