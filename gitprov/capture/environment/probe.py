"""The software a run uses: its interpreter, what is installed in it, the platform, the container.

`Probe.begin` stands before the child's start and `Probe.result` after its end. An interpreter that is already known
costs a few looks at directories; one that is not is asked by a process of its own while the child runs.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from blake3 import blake3

from gitprov.capture.environment import conda, envcache, survey
from gitprov.capture.environment.facts import libc, platform_tag
from gitprov.capture.environment.finding import is_script
from gitprov.capture.environment.interpreter import Found, conda_prefix, find_interpreter, is_late
from gitprov.capture.environment.locks import locks
from gitprov.capture.environment.question import Question
from gitprov.capture.environment.sites import source_trees
from gitprov.capture.environment.variables import variables, without_ours
from gitprov.capture.pathnames import place
from gitprov.capture.realpaths import is_really_inside
from gitprov.observer import protocol

_OUR_SITE: Final = os.path.join(os.path.dirname(protocol.__file__), "site")
_CHANGED: Final = "packages were installed or removed during the run; recorded is what was there at its end"

if TYPE_CHECKING:
    from gitprov.capture.environment.trees import Trees


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
    trees: Mapping[str, str] = MappingProxyType({})
    """What is uncertain about source trees outside the repository, by distribution: of account where it was used."""


class Probe:
    """The description of one run's environment, under way."""

    def __init__(
        self, argv: Sequence[str], found: Found | None, subject: survey.Subject, *, traced: bool = False
    ) -> None:
        self._argv = argv
        self._traced = traced
        self._subject = subject
        self._result: EnvironmentCapture | None = None
        self._prepare(found)

    @classmethod
    def begin(
        cls,
        argv: Sequence[str],
        environ: Mapping[str, str],
        cwd: str,
        cache_dir: str,
        worktree: str = "",
        *,
        traced: bool = False,
    ) -> Self:
        """Find the interpreter that `argv` will run in and, if it is a new one, start asking it.

        Paths inside `worktree` are recorded relative to it. `traced`: `used()` will be asked. End it with `result()`
        or `cancel()`; when traced, with `used()` or `cancel()`.
        """
        subject = survey.Subject("", "", without_ours(environ, _OUR_SITE), cwd, worktree, cache_dir)
        return cls(argv, find_interpreter(argv, environ, cwd), subject, traced=traced)

    def result(self) -> EnvironmentCapture:
        """Return the environment as it is now; to be called once the run has ended."""
        if self._result is None:
            self._look_again()
            self._result = self._describe()
        return self._result

    def used(self, touched: Iterable[tuple[str, str]]) -> list[str]:
        """Return the distributions that have the touched files, by the names in the lock; after `result()`.

        Each is `(directory, path below it)`, see `modules.used`; the directory is one where distributions are
        installed or a source tree that is imported from in place. Files of other environments are passed over.
        """
        if self._now is None:
            return []
        if self._question:
            self._question.finish()
        from gitprov.capture.environment.modules import used

        trees = source_trees(survey.installed(self._now))
        return used(touched, survey.site_directories(self._now), trees, self._subject.cache_dir)

    def cancel(self) -> None:
        """Leave nothing running, whatever is known by now."""
        if self._question:
            self._question.cancel()
        if self._trees:
            self._trees.cancel()

    def _prepare(self, found: Found | None) -> None:
        """Recall what is known of the interpreter, or start asking it."""
        self._found = found
        self._question: Question | None = None
        self._trees: Trees | None = None
        self._remembered: envcache.Remembered | None = None
        self._now: envcache.Remembered | None = None
        is_certain = found is not None and found.how != "PATH"
        environ, cwd, worktree = self._subject.environ, self._subject.cwd, self._subject.worktree
        prefix = "" if is_certain else conda_prefix(self._argv, environ, cwd)
        self._subject = self._subject._replace(interpreter=found.path if found else "", conda=prefix)
        self._locks = locks(worktree, cwd) if self._argv else []
        if found is None and not prefix:
            return
        self._stamps = self._subject.stamps()
        self._remembered = envcache.load(self._subject.file())
        if self._is_known():
            assert self._remembered is not None
            self._start_trees(self._remembered)
        else:
            self._question = Question(self._subject, with_modules=self._traced)

    def _is_known(self) -> bool:
        """Tell whether the interpreter and what is installed for it are those that are remembered."""
        old = self._remembered
        # What a script stands in for (a version manager's shim) can change without the script.
        if old is None or old.interpreter != self._stamps or is_script(self._subject.interpreter):
            return False
        return all(old.listing(directory, envcache.stamp(directory)) is not None for directory in old.sites)

    def _start_trees(self, remembered: envcache.Remembered) -> None:
        worktree = self._subject.worktree
        trees = source_trees(survey.installed(remembered))
        if outside := {name: path for name, path in trees.items() if not is_really_inside(path, worktree)}:
            from gitprov.capture.environment.trees import Trees

            self._trees = Trees(outside, self._subject.environ, worktree)

    def _look_again(self) -> None:
        """Find the interpreter anew where the launcher may have made it only when it started."""
        if not is_late(self._argv):
            return
        found = find_interpreter(self._argv, self._subject.environ, self._subject.cwd)
        if found != self._found or (found and self._subject.stamps() != self._stamps):
            self.cancel()
            self._prepare(found)

    def _describe(self) -> EnvironmentCapture:
        around = self._around()
        subject, how = self._subject, self._found.how if self._found else ""
        if not subject.interpreter and not subject.conda:
            return EnvironmentCapture({"platform": platform_tag(), **around}, b"", "", known=False, how="")
        facts = self._question.answer() if self._question else self._remembered and self._remembered.facts
        if facts is None:
            fields = {"platform": platform_tag(), "interpreter": self._where(), **around}
            problem = f"the interpreter {self._where()} did not say what it is"
            return EnvironmentCapture(fields, b"", "", known=False, how=how, problems=(problem,))
        at_start = envcache.load(subject.file()) if self._question else self._remembered
        now = self._now = survey.look(subject, facts)
        lock = now.lock.encode()
        digest = f"b3:{blake3(lock).hexdigest()}"
        trees, uncertain = self._states(now)
        # A launcher that brings its environment up to date may rightly change it.
        changed = at_start and at_start.lock != now.lock and not is_late(self._argv)
        fields = {"digest": digest, **self._installed(facts, now), "editable": trees, **around}
        known = self._remembered is not None and self._remembered.lock == now.lock
        problems = (_CHANGED,) if changed else ()
        return EnvironmentCapture(_filled(fields), lock, digest, known, how, problems, uncertain)

    def _installed(self, facts: survey.Facts, now: envcache.Remembered) -> dict[str, Any]:
        from gitprov.capture.environment import cuda

        kept = survey.kept_by_conda(now)
        distributions = [(one.name, one.version) for one in survey.installed(now)]
        return {
            "python": facts.get("version", ""),
            "implementation": facts.get("implementation", ""),
            "build": facts.get("build", ""),
            "compiler": facts.get("compiler", ""),
            "platform": facts.get("platform", "") or platform_tag(),
            "libc": facts.get("libc", "") or libc(),
            "interpreter": f"{_kind(facts)} {self._where()}" if facts else "",
            "packages": now.packages if facts else None,
            "conda": len(kept) or None,
            **cuda.libraries(distributions, [(one.name, one.version) for one in kept], self._subject.environ),
        }

    def _states(self, now: envcache.Remembered) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Return the source trees outside the repository, and what is uncertain about them."""
        if self._trees is None:
            self._start_trees(now)
        return self._trees.result() if self._trees else ([], {})

    def _around(self) -> dict[str, Any]:
        """Return what surrounds the interpreter of a run; nothing for an interpreter alone."""
        if not self._argv:
            return {}
        from gitprov.capture.environment.container import container

        again = locks(self._subject.worktree, self._subject.cwd) if is_late(self._argv) else self._locks
        told = variables(self._subject.environ, self._subject.worktree)
        return _filled({**container(self._subject.environ), "locks": again, "variables": told})

    def _where(self) -> str:
        """Return the interpreter's place, and say so where the command may use another or none."""
        shown = place(self._subject.interpreter, self._subject.worktree, self._subject.environ.get("HOME", ""))
        return f"{shown} (first on PATH)" if self._found and self._found.how == "PATH" else shown


def describe(
    interpreter: str, cache_dir: str, environ: Mapping[str, str], *, cwd: str = "/", worktree: str = ""
) -> EnvironmentCapture:
    """Describe the environment of an interpreter that is known by its path."""
    subject = survey.Subject("", "", without_ours(environ, _OUR_SITE), cwd, worktree, cache_dir)
    probe = Probe((), Found(interpreter, "command"), subject)
    try:
        return probe.result()
    finally:
        probe.cancel()


def _kind(facts: survey.Facts) -> str:
    if facts["prefix"] != facts["base_prefix"]:
        return "venv"
    return conda.kind(facts["prefix"]) or "system"


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}
