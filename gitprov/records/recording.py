"""Adding records so that they are seen: into this clone's log, and into what git log shows, in one change."""

from typing import TYPE_CHECKING, NamedTuple

from gitprov.errors import ProvError
from gitprov.gitrepo.repo import Repo
from gitprov.records import attachments, notes, writer
from gitprov.records.change import Change, attempt
from gitprov.records.layout import State
from gitprov.records.writer import Addition

if TYPE_CHECKING:
    from gitprov.records.signing import Signing


class Recorded(NamedTuple):
    """What came of it."""

    commits: list[str]
    """Those of the log, one a record, in their order."""
    warnings: list[str]
    """What a person should hear: a record without a signature, a view that could not be written."""


def record(
    repo: Repo, state: State, addition: Addition, *, head: str = "", signing: "Signing | None" = None
) -> Recorded:
    """Add to the log and bring the views up to it. A view that cannot be written is a warning: the log is what counts.

    `head` is HEAD's commit where the caller knows it; records are signed by `signing`, or else as this clone is
    configured. Raises `ProvError` where the log cannot be written.
    """

    def both(change: Change) -> Recorded:
        commits = writer.add(change, writer.writer_id(state), addition)
        warnings = list(change.remarks)
        try:
            notes.bring_up(change, state, fresh=commits, head=head)
        except (ProvError, OSError) as error:
            warnings.append(f"git log does not show it yet: {error}")
        return Recorded(list(commits), warnings)

    done = attempt(repo, state, both, signing)
    attachments.mark_stored(state, addition.data)
    return done
