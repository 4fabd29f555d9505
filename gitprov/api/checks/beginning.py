"""The checks of one run: all before it starts, and at its end what goes into its record."""

from collections.abc import Sequence

from gitprov.api.checks import profiles, splits
from gitprov.api.checks.files import File
from gitprov.api.checks.policy import Policy, read_policy
from gitprov.api.draft import Draft
from gitprov.api.options import RunOptions
from gitprov.api.session import Session
from gitprov.api.settings import Settings
from gitprov.model.profile import Notice


class Checks:
    """What is to be checked of the data of one run. Raises `ProvError` for what cannot be meant."""

    def __init__(self, session: Session, options: RunOptions, settings: Settings) -> None:
        self._policy: Policy = read_policy(settings.data, settings.data_where)
        self._splits = splits.asked(options.splits)
        self._tables: list[File] = profiles.tables(session, options.profiles, self._policy)
        self._made: list[profiles.Made] = []
        self.inputs: Sequence[str] = (*options.profiles, *(path for split in self._splits for path in split.patterns))
        """Patterns of what the run is said to read by asking for these checks."""

    def begin(self, draft: Draft) -> list[Notice]:
        """Read the data as they are before the run, and return what the person should hear before it starts."""
        self._made = profiles.make(draft, self._tables, self._policy)
        self.end(draft)
        notices: list[Notice] = [made.drifted for made in self._made if made.drifted]
        if self._splits:
            with draft.naming("the splits"):
                counted = splits.count(draft, self._splits)
                splits.put(draft.fields, self._splits, counted, draft.session.repo.prefix)
                notices += splits.remarks(draft, counted)
        return notices

    def end(self, draft: Draft) -> None:
        """Give the inputs that are known by now their profiles."""
        profiles.put(draft.fields, draft.data, self._made)
