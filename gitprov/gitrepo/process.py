"""Running the git program: one place for its environment, its errors and its words."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from typing import IO

from gitprov.errors import GitFailed, NotARepository, ProvError

# What git exports to hooks and what would make our own git calls look at another index, or at another
# moment of a push, than the repository the user stands in.
_NOT_OURS = ("GIT_INDEX_FILE", "GIT_PREFIX", "GIT_REFLOG_ACTION", "GIT_QUARANTINE_PATH", "GIT_NOTES_REF", "GIT_EDITOR")

_TRUST = "if you trust its owner: git config --global --add safe.directory DIR"
_HINTS = (
    # git's own words -> what to do next
    ("dubious ownership", _TRUST),
    ("unsafe repository", _TRUST),  # the same, said by git before 2.38
    ("safe.barerepository", "name it, if you trust it: git --git-dir=DIR prov ..."),
    ("not a git repository", "run this inside a repository, or make one with: git init"),
    ("please tell me who you are", 'tell git who you are: git config --global user.name "..." and user.email "..."'),
    ("unable to auto-detect email", 'tell git who you are: git config --global user.name "..." and user.email "..."'),
    ("empty ident name", 'tell git who you are: git config --global user.name "..." and user.email "..."'),
    ("no space left", "free some disk space and try again"),
    ("could not read from remote", "check the remote's address and your access: git remote -v"),
    ("permission denied", "check who owns the files of this repository"),
    ("insufficient permission", "check who owns the files of this repository"),
    ("read-only file system", "its disk can only be read: copy the repository to one that can be written"),
)


_HINTS_BY_COMMAND = {
    "fetch": "check the remote's address and your access: git remote -v",
    "push": "check the remote's address and your access: git remote -v",
    "log": "see what git log takes: git log -h",
}


def git_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment our own git calls run in: the user's, in plain English, without locks nobody needs."""
    env = {key: value for key, value in environ.items() if key not in _NOT_OURS}
    env["LC_ALL"] = "C"
    env.pop("LANGUAGE", None)
    env["GIT_OPTIONAL_LOCKS"] = "0"
    return env


def _find(path: str) -> str:
    """Where git is: looked up once, because every start would otherwise try each directory of PATH again."""
    places = (os.path.join(directory, "git") for directory in path.split(os.pathsep) if directory)
    return next((place for place in places if os.access(place, os.X_OK)), "git")


class Running:
    """A git process under way, so that several can run side by side; `output()` waits for it."""

    def __init__(
        self, args: tuple[str, ...], process: "subprocess.Popen[bytes]", data: bytes, *, own_session: bool = False
    ) -> None:
        self._args = args
        self._process = process
        self._data = data
        self._own_session = own_session
        self.returncode = 0
        self.error_words = ""

    def output(self, *, check: bool = True, timeout: float | None = None) -> bytes:
        """What git printed. Raises `GitFailed` when it failed and `check` holds."""
        try:
            out, err = self._process.communicate(self._data or None, timeout=timeout)
        except subprocess.TimeoutExpired:
            self._end()
            raise GitFailed(f"git {_verb(self._args)} gave no answer in {timeout:g} seconds") from None
        except BaseException:
            self._end()  # a Ctrl-C that ends us does not reach a session of its own
            raise
        self.returncode = self._process.returncode
        self.error_words = err.decode("utf-8", "replace").strip()
        if check and self.returncode != 0:
            raise failure(self._args, self.returncode, err)
        return out

    def _end(self) -> None:
        """Kill git, and in a session of its own its helpers too (ssh, a remote helper), which hold its pipes open."""
        if self._own_session:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


class Git:
    """The git program, run from `cwd` with a cleaned copy of `environ`."""

    def __init__(self, cwd: str, environ: Mapping[str, str]) -> None:
        self.cwd = cwd
        self.environ = git_environ(environ)
        self._program = _find(environ.get("PATH", os.defpath))

    def start(
        self,
        *args: str,
        data: bytes = b"",
        env: Mapping[str, str] | None = None,
        new_session: bool = False,
    ) -> Running:
        """Begin a git command; `data` is its standard input, `env` is added to its environment."""
        process = self.popen(
            args,
            stdin=subprocess.PIPE if data else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=env,
            new_session=new_session,
        )
        return Running(args, process, data, own_session=new_session)

    def run(
        self,
        *args: str,
        data: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        new_session: bool = False,
    ) -> bytes:
        """Run a git command to its end and return its output. Raises `GitFailed`."""
        return self.start(*args, data=data, env=env, new_session=new_session).output(timeout=timeout)

    def line(self, *args: str) -> str:
        """The output of a command that prints one line, without its newline."""
        return text(self.run(*args)).removesuffix("\n")

    def version(self) -> tuple[int, ...]:
        """The version of the git program, as numbers: `(2, 54, 0)`."""
        words = self.line("version").split()
        return tuple(int(part) for part in words[2].split(".") if part.isdigit())

    def succeeds(self, *args: str) -> bool:
        """Whether a command that answers with its exit status says yes."""
        running = self.start(*args)
        running.output(check=False)
        return running.returncode == 0

    def popen(
        self,
        args: tuple[str, ...],
        *,
        stdin: int | IO[bytes] | None = None,
        stderr: int | None = None,
        env: Mapping[str, str] | None = None,
        new_session: bool = False,
    ) -> "subprocess.Popen[bytes]":
        """A git process with its standard output on a pipe."""
        try:
            return subprocess.Popen(
                (self._program, *args),
                cwd=self.cwd,
                env={**self.environ, **env} if env else self.environ,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=new_session,
            )
        except FileNotFoundError as error:
            if error.filename == self.cwd:
                raise NotARepository(f"no such directory: {self.cwd}") from None
            raise ProvError("the git program was not found", hint="install git and put it on PATH") from None


def text(data: bytes) -> str:
    """Bytes from git as text; bytes that are not UTF-8 survive as surrogates, as in `os.fsdecode`."""
    return data.decode("utf-8", "surrogateescape")


def raw(value: str) -> bytes:
    """The bytes of a text made by `text`."""
    return value.encode("utf-8", "surrogateescape")


def failure(args: tuple[str, ...], returncode: int, stderr: bytes) -> GitFailed:
    """Git's own words as an error of ours, with a next step where one is known."""
    words = stderr.decode("utf-8", "replace").strip()
    lowered = words.lower()
    hint = next((hint for sign, hint in _HINTS if sign in lowered), _HINTS_BY_COMMAND.get(_verb(args), ""))
    if hint is _TRUST:
        hint = hint.replace("DIR", words.rpartition("safe.directory ")[2] or "DIR")
    return GitFailed(f"git {_verb(args)}: {_said(words, returncode)}", hint=hint, stderr=words, returncode=returncode)


def _said(words: str, returncode: int) -> str:
    """The reason on one line, without git's own advice: ours is the hint."""
    lines = [line.strip().removeprefix("fatal: ") for line in words.partition("\n\n")[0].splitlines()]
    reasons = [line for line in lines if line and not line.startswith("hint:") and not line.endswith(", call:")]
    return "; ".join(reasons) or f"exit status {returncode}"


def _verb(args: tuple[str, ...]) -> str:
    """The git command among the arguments, behind `-C` and `-c`."""
    words = iter(args)
    for word in words:
        if word in ("-C", "-c"):
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""
