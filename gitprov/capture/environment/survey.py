"""What is installed for an interpreter or kept by conda, and the lock of it.

Directory by directory, and only those that changed since the last time. For an environment that is new, this runs as
a process of its own beside the run (see `probe`): asking the interpreter, reading conda's records and everybody's
lists of files takes up to a second, which a run need not wait for.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from gitprov.capture.environment import conda, envcache
from gitprov.capture.environment import facts as _facts
from gitprov.capture.environment.sites import Distribution, list_distributions

_PATIENCE: Final = 20.0  # seconds; an interpreter on a slow network file system may need some
_NEEDED: Final = (
    *("version", "implementation", "build", "compiler", "libc", "platform", "prefix", "base_prefix"),
    *("user_site", "system", "machine"),
)
Facts = dict[str, Any]
"""What `facts.facts` returns; empty where there is no Python."""


class Subject(NamedTuple):
    """Whose environment is looked at, and all that the answer depends on besides files."""

    interpreter: str
    """Path of the interpreter; empty where there is none."""
    conda: str
    """Prefix that conda keeps for a program that is not Python; empty where that of the interpreter counts."""
    environ: Mapping[str, str]
    cwd: str
    worktree: str
    """Paths below it are recorded relative to it."""
    cache_dir: str

    def file(self) -> str:
        """Return the file in which the environment is remembered."""
        named = [self.environ.get(name, "") for name in ("HOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONPATH")]
        cwd = self.cwd if named[-1] else ""
        return envcache.path_for(self.cache_dir, [self.interpreter, self.conda, self.worktree, cwd, *named])

    def stamps(self) -> list[envcache.Stamp]:
        """Return the stamps that change when another interpreter stands in the same place."""
        prefix = os.path.dirname(os.path.dirname(self.interpreter))
        return [envcache.stamp(self.interpreter), envcache.stamp(os.path.join(prefix, "pyvenv.cfg"))]


def look(subject: Subject, facts: Facts) -> envcache.Remembered:
    """Return what is installed now, and remember it."""
    stamps = subject.stamps()
    old = envcache.load(subject.file())
    sites: dict[str, tuple[envcache.Stamp, list[Any]]] = {}
    looked = False
    for directory in _directories(subject, facts):
        stamp = envcache.stamp(directory)
        listing = old.listing(directory, stamp) if old else None
        looked = looked or listing is None
        sites[directory] = (stamp, _list(directory) if listing is None else listing)
    if old and old.facts == facts and _same(old.sites, sites):
        if looked or old.interpreter != stamps:
            envcache.save(subject.file(), old._replace(sites=sites, interpreter=stamps))
        return old._replace(sites=sites)
    now = envcache.Remembered(facts, stamps, sites, *_render(subject, facts, sites))
    envcache.save(subject.file(), now)
    return now


def ask(subject: Subject) -> Facts | None:
    """Return what the interpreter says of itself; None when it gave no usable answer in time."""
    try:
        answer = subprocess.run(
            # -I: what the run's own directory and variables would change does not belong to the interpreter
            [subject.interpreter, "-I", os.path.abspath(_facts.__file__)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(subject.environ),
            cwd=subject.cwd,
            timeout=_PATIENCE,
            check=True,
        )
        facts = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return facts if is_usable(facts) else None


def is_usable(facts: object) -> bool:
    """Tell whether an answer is what `facts.facts` gives."""
    return (
        isinstance(facts, dict)
        and all(isinstance(facts.get(name), str) for name in _NEEDED)
        and isinstance(facts.get("sites"), list)
        and all(isinstance(site, str) for site in facts["sites"])
    )


def installed(remembered: envcache.Remembered) -> list[Distribution]:
    """Return the distributions, those first that the interpreter finds first."""
    listings = (listing for directory, (_, listing) in remembered.sites.items() if not _is_conda(directory))
    return [Distribution(*item) for listing in listings for item in listing]


def kept_by_conda(remembered: envcache.Remembered) -> list[conda.Package]:
    """Return what conda installed."""
    listings = (listing for directory, (_, listing) in remembered.sites.items() if _is_conda(directory))
    return [conda.Package(*item) for listing in listings for item in listing]


def site_directories(remembered: envcache.Remembered) -> list[str]:
    """Return the directories in which distributions are installed."""
    return [directory for directory in remembered.sites if not _is_conda(directory)]


def _directories(subject: Subject, facts: Facts) -> list[str]:
    """Return where distributions may be, in the order in which the interpreter looks, and conda's records."""
    meta = os.path.join(subject.conda or facts.get("prefix", ""), conda.DIRECTORY)
    if not facts:
        return [meta]
    environ = subject.environ
    entries = environ.get("PYTHONPATH", "").split(os.pathsep)
    named = [os.path.normpath(os.path.join(subject.cwd, entry)) for entry in entries if entry]
    user = [facts["user_site"]] if facts["user_site"] and not environ.get("PYTHONNOUSERSITE") else []
    return [*named, *user, *facts["sites"], meta]


def _is_conda(directory: str) -> bool:
    return os.path.basename(directory) == conda.DIRECTORY


def _list(directory: str) -> list[Any]:
    if _is_conda(directory):
        return [list(package) for package in conda.list_packages(os.path.dirname(directory))]
    return [list(distribution) for distribution in list_distributions(directory)]


def _same(old: Mapping[str, Sequence[Any]], new: Mapping[str, Sequence[Any]]) -> bool:
    return list(old) == list(new) and all(old[directory][1] == new[directory][1] for directory in new)


def _render(subject: Subject, facts: Facts, sites: dict[str, tuple[envcache.Stamp, list[Any]]]) -> tuple[int, str]:
    """Return how many distributions there are, and the lock of them."""
    from gitprov.capture.environment.pylock import render

    found = envcache.Remembered(facts, [], sites, 0, "")
    distributions = installed(found)
    lock = render(facts, distributions, kept_by_conda(found), subject.worktree)
    return len({one.name for one in distributions}), lock.decode()


def main() -> None:
    """Look at a new environment: print its facts once all is remembered, then get ready to say what was used of it."""
    with_modules, *rest = json.loads(sys.argv[1])
    subject = Subject(*rest)._replace(environ=os.environ)
    facts = ask(subject) if subject.interpreter else {}
    if facts is None:
        return
    remembered = look(subject, facts)
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()

    if not with_modules:
        return

    from gitprov.capture.environment.modules import owners

    for directory in site_directories(remembered):
        owners(directory, subject.cache_dir)
