"""All records, read once: the runs by what they made, and what people said of them. Nothing is written."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from gitprov.api.persons import Persons
from gitprov.api.reading import Reading, is_rerun
from gitprov.api.reviews import Reviewed, reviews
from gitprov.api.session import Session
from gitprov.api.standings import replications
from gitprov.errors import ProvError
from gitprov.gitrepo.refs import list_refs
from gitprov.model.pointer import Statement
from gitprov.model.records import Replication, Retraction, Run
from gitprov.model.run import Artifact
from gitprov.records import pointers, union
from gitprov.records.layout import DATA, READ_PREFIXES, REMOTES, fetch_refspecs, tracking


class Output(NamedTuple):
    """Something that a run made."""

    run: Run
    commit: str
    """The commit of the log that holds the run."""
    item: Artifact


class Known:
    """The records of a repository. Nothing is read before it is asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._paths: Callable[[], Collection[str] | None] = lambda: None

    def only_about(self, paths: Callable[[], Collection[str] | None]) -> None:
        """Leave out what has nothing to do with the files at these paths, as records have them; of `None`, nothing.

        To be called before any record is asked for; the paths are worked out when one is.
        """
        self._paths = paths

    @cached_property
    def reading(self) -> Reading:
        """Every record that is understood here."""
        understood = [one for one in self._read.stored if one.is_read]
        runs = [one for one in understood if isinstance(one.record, Run) and not is_rerun(one)]
        return Reading(runs, understood, self._read.problems)

    @cached_property
    def _read(self) -> union.Union:
        return union.read(self._session.repo, paths=self._paths())

    @cached_property
    def outputs(self) -> Mapping[str, Sequence[Output]]:
        """What runs made, by its path as records spell it, of the newest run first; what lies outside is left out."""
        found: dict[str, list[Output]] = defaultdict(list)
        for stored in reversed(self.reading.runs):
            run = stored.record
            assert isinstance(run, Run)
            for item in run.output:
                if not item.absolute:
                    found[item.path].append(Output(run, stored.commit, item))
        return found

    @cached_property
    def retractions(self) -> Mapping[str, Retraction]:
        """The retraction of each record that no longer stands, by that record's id."""
        words = (one.record for one in self.reading.records)
        return {word.record: word for word in words if isinstance(word, Retraction)}

    @cached_property
    def replications(self) -> Mapping[str, Sequence[Replication]]:
        """The replications that stand, by the run they are of."""
        return {
            run: [one for one in found if one.id not in self.retractions]
            for run, found in replications(self.reading).items()
        }

    @cached_property
    def added(self) -> Mapping[str, Statement]:
        """What was said last of data at each path, by the path as records spell it."""
        return {path: said.statement for path, said in self._data.by_path.items()}

    @cached_property
    def licences(self) -> Mapping[str, str]:
        """The licences that people said data stands under, by digest."""
        return {digest: one.licence for digest, one in self._data.pointers.items() if one.licence}

    @cached_property
    def _data(self) -> pointers.Known:
        return pointers.known(self._session.repo)

    @cached_property
    def persons(self) -> Persons:
        """Who is the same person."""
        return Persons(self._session.repo)

    @cached_property
    def reviews(self) -> Mapping[str, Reviewed]:
        """What people think of runs, by the run's id."""
        return reviews(self.reading, self.persons)

    @property
    def were_asked_for(self) -> bool:
        """Whether any rule has asked for records."""
        return "reading" in self.__dict__

    @cached_property
    def not_fetched(self) -> str:
        """The remote whose records were never fetched, so that there are none; "" where there are, or can be, some."""
        repo = self._session.repo
        if union.logs(list_refs(repo.git, *READ_PREFIXES)).tips:
            return ""
        config = repo.config
        for remote in repo.remotes():
            if not any(tracking(remote, "log") in spec for spec in config.all(f"remote.{remote}.fetch")):
                return remote
        return ""

    @cached_property
    def unread(self) -> int:
        """How many records there are that only a newer git prov understands."""
        return sum(not one.is_read for one in self._read.stored)

    def insist_on_data(self) -> None:
        """Refuse to judge where records were fetched, and of what belongs to them nothing. Raises `ProvError`."""
        repo = self._session.repo
        here = [ref.name for ref in list_refs(repo.git, REMOTES, DATA)]
        for remote in repo.remotes():
            log, data = tracking(remote, "log"), tracking(remote, "data")
            is_habit = any(data in spec for spec in repo.config.all(f"remote.{remote}.fetch"))
            if is_habit or any(name.startswith((DATA, data)) for name in here):
                continue
            if any(name.startswith(log) for name in here):
                _, spec, *_ = fetch_refspecs(remote, code=False)
                raise ProvError(
                    f"records have been fetched from {remote} without the data that belongs to them",
                    hint=f"fetch it: git prov sync {remote}, or in CI: git fetch {remote} '{spec}'",
                )

    def insist(self) -> None:
        """Refuse to judge by records that were never fetched. Raises `ProvError` with the command that fetches them."""
        if remote := self.not_fetched:
            log, data, *_ = fetch_refspecs(remote, code=False)
            raise ProvError(
                f"no records have been fetched from {remote}, so that what runs made cannot be told",
                hint=f"fetch them: git prov sync {remote}, or in CI: git fetch {remote} '{log}' '{data}'",
            )
