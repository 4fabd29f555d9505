"""What other trackers recorded of a run, beside what it said itself: MLflow's, DVCLive's and TensorBoard's files.

Apart from the rest, and imported only where a run wrote such a file.
"""

import os
from collections.abc import Iterable

from gitprov.api.draft import Draft
from gitprov.capture import readers
from gitprov.capture.readers.gathered import Results


def read_trackers(draft: Draft, paths: Iterable[str], interpreters: Iterable[str], started_ns: int) -> Results:
    """Read the files among `paths` that a tracker wrote; what could not be read is named as missing.

    `started_ns` is when the run started, in ns since the epoch. The first of `interpreters` reads what needs one.
    """
    found = readers.read(
        [path for path in paths if os.path.isfile(path)],
        next((path for path in interpreters if os.path.isabs(path)), ""),
        since=started_ns / 1e9,
        environ=draft.session.environ,
        run=draft.fields["id"],
    )
    draft.missing += found.problems
    return found


def not_said(found: Results, said: Iterable[str]) -> Results:
    """Return what was found without the metrics that the run told under the same name."""
    own = set(said)
    return found._replace(
        values={name: value for name, value in found.values.items() if name not in own},
        events=[event for event in found.events if event["name"] not in own],
    )
