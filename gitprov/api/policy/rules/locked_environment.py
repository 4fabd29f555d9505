"""`locked-environment`: the runs that made the files have a lock, and every package they used is pinned in it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.policy.words import again
from gitprov.errors import InvalidRecord
from gitprov.model.policy import LockedEnvironment
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding
from gitprov.records import attachments
from gitprov.replay.environment.lock import Lock, read
from gitprov.replay.environment.package import ARCHIVE, DIRECTORY, Package

NAME: Final = "locked-environment"
_NAMED: Final = 3
_OURS: Final = "gitprov"


def find(rule: LockedEnvironment, facts: Facts) -> Iterator[Finding]:
    """Yield the runs whose software cannot be told exactly."""
    known: dict[str, Fault | None] = {}

    def test(run: Run, _: Changed) -> Fault | None:
        if run.id not in known:
            known[run.id] = _fault(run, facts)
        return known[run.id]

    yield from unmet(NAME, rule, facts, test)


def _fault(run: Run, facts: Facts) -> Fault | None:
    environment = run.environment
    if environment is None or not environment.digest:
        return Fault("has no environment lock", again(run))
    content = attachments.read(facts.session.repo, [environment.digest]).get(environment.digest)
    if content is None:
        facts.cannot_tell()
        return Fault("has an environment lock that is not here", "fetch it: git prov sync", unsure=True)
    try:
        loose = list(_loose(read(content), run))
    except InvalidRecord as error:
        return Fault(f"has an environment lock that cannot be used: {error.message}", again(run))
    if not loose:
        return None
    more = f", and {len(loose) - _NAMED} more" if len(loose) > _NAMED else ""
    what = f"used what is not pinned: {'; '.join(loose[:_NAMED])}{more}"
    return Fault(what, f"install released versions, then: {again(run)}")


def _loose(lock: Lock, run: Run) -> Iterator[str]:
    """Say of each package that was used, or of all where that is not known, why it is not pinned."""
    packages = lock.named()
    for name in _used(run, packages):
        package = packages.get(name)
        reason = _reason(package) if package else "is not in the lock"
        if reason:
            yield f"{name} {reason}"


def _used(run: Run, packages: Mapping[str, Package]) -> Iterable[str]:
    """The packages that a run used: those that were seen, and those whose own directory it read from.

    Where nobody watched, all of them, but for this program itself: it stands beside what it records.
    """
    environment, capture = run.environment, run.capture
    seen = environment.used if environment else ()
    in_place = (name for name, one in packages.items() if one.path and _is_read(one.path, run))
    was_watched = capture is not None and capture.complete and capture.tracer not in (None, "off")
    if seen or was_watched:
        return dict.fromkeys((*seen, *in_place))
    return (name for name in packages if name != _OURS)


def _is_read(directory: str, run: Run) -> bool:
    """Whether a run read something in a directory outside of the repository."""
    below = f"{directory.rstrip('/')}/"
    return any(item.absolute and f"{item.path}/".startswith(below) for item in run.input)


def _reason(package: Package) -> str:
    """Why a package is not pinned; "" where it is. One of the repository itself is pinned by the run's commit."""
    if package.problem:
        return f"cannot be had again: {package.problem}"
    if package.source == DIRECTORY and not package.is_inside:
        return "is a directory outside of the repository"
    if package.source == ARCHIVE and not package.hashes:
        return "is an archive of which nobody kept a hash"
    return ""
