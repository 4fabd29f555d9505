"""The software a run uses: its interpreter, what is installed in it, the platform, the container.

`Probe.begin` stands before the child's start and `Probe.result` after its end. An interpreter that is already known
costs a few looks at directories; one that is not is asked by a process of its own while the child runs.
"""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from blake3 import blake3

from gitprov.capture import envcache
from gitprov.capture.facts import platform_tag
from gitprov.capture.interpreter import Found, find_interpreter, is_late
from gitprov.capture.probe import Question
from gitprov.capture.sites import Distribution, list_conda, list_distributions
from gitprov.model.text import quote

_IMAGE: Final = r"sha256:[0-9a-f]{64}"
# What an image's own digest is called: ours, for whoever starts the container, then GitLab's.
_IMAGE_VARIABLES: Final = ("GIT_PROV_CONTAINER", "CI_JOB_IMAGE")
_PODMAN: Final = "run/.containerenv"
_CHANGED: Final = "packages were installed or removed during the run; recorded is what was there at its end"


class EnvironmentCapture(NamedTuple):
    """What is recorded of an environment."""

    fields: dict[str, Any]
    """The record's `environment`: `digest`, `python`, `implementation`, `platform`, `interpreter`, ..."""
    lock: bytes
    """The `pylock.toml`; empty when there is no interpreter, or it gave no answer."""
    digest: str
    """`b3:` digest of the lock; empty without one."""
    known: bool
    """Whether the interpreter, called in the same way, had the same lock when it was last described."""
    how: str
    """How the interpreter was found, see `interpreter.Found`; empty when there is none."""
    problems: tuple[str, ...] = ()
    """What is uncertain about it, in words."""


class Probe:
    """The description of one run's environment, under way."""

    def __init__(
        self, found: Found | None, environ: Mapping[str, str], cwd: str, cache_dir: str, worktree: str = ""
    ) -> None:
        self._argv: Sequence[str] = ()
        self._found = found
        self._environ = environ
        self._cwd = cwd
        self._cache_dir = cache_dir
        self._worktree = worktree
        self._result: EnvironmentCapture | None = None
        self._prepare()

    @classmethod
    def begin(
        cls, argv: Sequence[str], environ: Mapping[str, str], cwd: str, cache_dir: str, worktree: str = ""
    ) -> Self:
        """Find the interpreter that `argv` will run in and, if it is a new one, start asking it.

        Paths inside `worktree` are recorded relative to it. End it with `result()` or `cancel()`.
        """
        probe = cls(find_interpreter(argv, environ, cwd), environ, cwd, cache_dir, worktree)
        probe._argv = argv
        return probe

    def result(self) -> EnvironmentCapture:
        """Return the environment as it is now; to be called once the run has ended."""
        if self._result is None:
            self._look_again()
            self._result = self._describe()
        return self._result

    def cancel(self) -> None:
        """Give up: nothing is left running."""
        if self._question is not None:
            self._question.cancel()

    def _prepare(self) -> None:
        """Recall what is known of the interpreter, or start asking it."""
        self._question: Question | None = None
        self._remembered: envcache.Remembered | None = None
        self._lock_at_start = ""
        if self._found is None:
            return
        path = self._found.path
        self._file = envcache.path_for(self._cache_dir, self._key())
        self._stamps = _stamps(path)
        remembered = envcache.load(self._file)
        # What a script stands in for (a version manager's shim) can change without the script.
        if remembered is None or remembered.interpreter != self._stamps or _is_script(path):
            self._question = Question(path, self._environ, self._cwd)
            return
        self._remembered = remembered
        looks_same = all(
            remembered.listing(directory, envcache.stamp(directory)) is not None for directory in remembered.sites
        )
        self._lock_at_start = remembered.lock if looks_same else ""

    def _key(self) -> list[str]:
        """Everything but files that the description depends on."""
        assert self._found is not None
        named = [self._environ.get(name, "") for name in ("HOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONPATH")]
        return [self._found.path, self._worktree, self._cwd if named[-1] else "", *named]

    def _look_again(self) -> None:
        """Find the interpreter anew where the launcher may have made it only when it started."""
        if not is_late(self._argv):
            return
        found = find_interpreter(self._argv, self._environ, self._cwd)
        if found is not None and found != self._found:
            self.cancel()
            self._found = found
            self._prepare()
        self._lock_at_start = ""  # it may rightly have changed

    def _describe(self) -> EnvironmentCapture:
        image = container(self._environ)
        base: dict[str, Any] = {"container": image} if image else {}
        if self._found is None:
            return EnvironmentCapture({"platform": platform_tag(), **base}, b"", "", known=False, how="")
        facts = self._remembered.facts if self._remembered else self._question and self._question.answer()
        where = self._where(self._found)
        if not facts:
            fields = {"platform": platform_tag(), "interpreter": where, **base}
            problem = f"the interpreter {where} did not say what it is"
            return EnvironmentCapture(fields, b"", "", known=False, how=self._found.how, problems=(problem,))
        now, known = self._lock(facts)
        lock = now.lock.encode()
        digest = f"b3:{blake3(lock).hexdigest()}"
        fields = {
            "digest": digest,
            "python": facts["version"],
            "implementation": facts["implementation"],
            "platform": facts["platform"],
            "interpreter": f"{_kind(facts)} {where}",
            "packages": now.packages,
            **base,
        }
        changed = bool(self._lock_at_start) and self._lock_at_start != now.lock
        return EnvironmentCapture(fields, lock, digest, known, self._found.how, (_CHANGED,) if changed else ())

    def _where(self, found: Found) -> str:
        """Return the interpreter's place, and say so where the command may use another or none."""
        place = _place(found.path, self._worktree, self._environ.get("HOME", ""))
        return f"{place} (first on PATH)" if found.how == "PATH" else place

    def _lock(self, facts: dict[str, Any]) -> tuple[envcache.Remembered, bool]:
        """Return the environment as it is now, and whether that is how it is remembered."""
        old = self._remembered or envcache.load(self._file)
        sites: dict[str, tuple[envcache.Stamp, list[Any]]] = {}
        looked = False
        for directory in _directories(facts, self._environ, self._cwd):
            stamp = envcache.stamp(directory)
            listing = old.listing(directory, stamp) if old else None
            looked = looked or listing is None
            sites[directory] = (stamp, _list(directory) if listing is None else listing)
        if old and old.facts == facts and _same(old.sites, sites):
            if looked or old.interpreter != self._stamps:
                envcache.save(self._file, old._replace(sites=sites, interpreter=self._stamps))
            return old, True
        now = envcache.Remembered(facts, self._stamps, sites, *_render(facts, sites, self._worktree))
        envcache.save(self._file, now)
        return now, bool(old and old.lock == now.lock)


def describe(
    interpreter: str, cache_dir: str, environ: Mapping[str, str], *, cwd: str = "/", worktree: str = ""
) -> EnvironmentCapture:
    """Describe the environment of an interpreter that is known by its path."""
    return Probe(Found(interpreter, "command"), environ, cwd, cache_dir, worktree).result()


def container(environ: Mapping[str, str], root: str = "/") -> str:
    """Return the digest of the image we run in, `sha256:...`, where something says so; `""` when nothing does."""
    for name in _IMAGE_VARIABLES:
        if match := re.search(_IMAGE, environ.get(name, "")):
            return match[0]
    try:
        with open(os.path.join(root, _PODMAN), encoding="utf-8", errors="replace") as file:
            match = re.search(r'^imageid="([0-9a-f]{64})"', file.read(4096), re.MULTILINE)
    except OSError:
        return ""
    return f"sha256:{match[1]}" if match else ""


def _stamps(interpreter: str) -> list[envcache.Stamp]:
    prefix = os.path.dirname(os.path.dirname(interpreter))
    return [envcache.stamp(interpreter), envcache.stamp(os.path.join(prefix, "pyvenv.cfg"))]


def _is_script(path: str) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _directories(facts: dict[str, Any], environ: Mapping[str, str], cwd: str) -> list[str]:
    """Return where distributions may be, in the order in which the interpreter looks."""
    named = [os.path.normpath(os.path.join(cwd, entry)) for entry in environ.get("PYTHONPATH", "").split(":") if entry]
    user = [facts["user_site"]] if facts["user_site"] and not environ.get("PYTHONNOUSERSITE") else []
    return [*named, *user, *facts["sites"], _conda_meta(facts)]


def _conda_meta(facts: dict[str, Any]) -> str:
    return os.path.join(facts["prefix"], "conda-meta")


def _list(directory: str) -> list[Any]:
    if os.path.basename(directory) == "conda-meta":
        return list_conda(os.path.dirname(directory))
    return [list(distribution) for distribution in list_distributions(directory)]


def _same(old: Mapping[str, Sequence[Any]], new: Mapping[str, Sequence[Any]]) -> bool:
    return list(old) == list(new) and all(old[directory][1] == new[directory][1] for directory in new)


def _render(facts: dict[str, Any], sites: Mapping[str, Sequence[Any]], worktree: str) -> tuple[int, str]:
    """Return how many distributions there are, and the lock of them."""
    from gitprov.capture.pylock import render

    listings = dict(sites)
    conda = listings.pop(_conda_meta(facts))[1]
    distributions = [Distribution(*item) for _, listing in listings.values() for item in listing]
    return len({one.name for one in distributions}), render(facts, distributions, conda, worktree).decode()


def _kind(facts: dict[str, Any]) -> str:
    if facts["prefix"] != facts["base_prefix"]:
        return "venv"
    return "conda" if os.path.isdir(_conda_meta(facts)) else "system"


def _place(path: str, worktree: str, home: str) -> str:
    """Return a path as it is recorded: relative inside the repository, and without the name of somebody's home."""
    for root, prefix in ((worktree, ""), (home, "~/")):
        if root and path.startswith(root.rstrip("/") + "/"):
            return quote(prefix + os.path.relpath(path, root))
    return quote(path)
