"""Where the demonstration runs: its directory, the environment of its commands, and who listens to them."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from gitprov.errors import ProvError

# What a person may have set for good reasons, and what would stop or blur a demonstration.
_CONFIG = {
    "commit.gpgSign": "false",
    "push.gpgSign": "false",
    "format.pretty": "medium",
    "init.defaultBranch": "main",
    "log.showSignature": "false",
}
# Kept of git's own variables; others, as GIT_DIR or GIT_INDEX_FILE, speak of a repository that is not ours.
_KEPT = ("GIT_CONFIG_", "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR")


class Said(NamedTuple):
    """One line of the demonstration: a step's title, a command, its output, a finding or a suggestion."""

    kind: Literal["step", "command", "output", "found", "next"]
    text: str


Say = Callable[[Said], None]


class Stage:
    """The directory and environment of the demonstration, the step it is at, and who listens."""

    def __init__(self, directory: Path, environ: Mapping[str, str], say: Say) -> None:
        self.directory = directory
        self.cwd = directory
        self._environ = environ
        self._say = say
        self._step = ""

    def step(self, title: str) -> None:
        """Begin a step."""
        self._step = title
        self._say(Said("step", title))

    def enter(self, name: str) -> None:
        """Go into one of the directories, in view."""
        self.cwd = self.directory / name
        self._say(Said("command", f"cd {shlex.quote(str(self.cwd))}"))

    def run(self, *command: str) -> str:
        """Run a command in view, its output passed on line by line; return the output."""
        self._say(Said("command", shlex.join(command)))
        lines = []
        with self._start(command, subprocess.STDOUT) as process:
            for line in process.stdout or ():
                lines.append(line)
                self._say(Said("output", line.rstrip("\n")))
        return self._checked(command, process.returncode, "".join(lines), "".join(lines))

    def ask(self, *command: str) -> str:
        """Run a command out of view and return its standard output."""
        with self._start(command, subprocess.PIPE) as process:
            output, complaint = process.communicate()
        return self._checked(command, process.returncode, output, complaint)

    def found(self, text: str) -> None:
        """Say what was found."""
        self._say(Said("found", text))

    def suggest(self, *commands: str) -> None:
        """Say what to try next."""
        for command in commands:
            self._say(Said("next", command))

    def failure(self, reason: str) -> ProvError:
        """Give the error that says at which step the demonstration failed, and where to look."""
        return ProvError(
            f"the demonstration failed at '{self._step}': {reason}",
            hint=f"all that was made is kept in {self.directory}; `git prov doctor` there may say more",
        )

    def _checked(self, command: Sequence[str], status: int, output: str, words: str) -> str:
        if status:
            raise self.failure(f"`{shlex.join(command)}` exited with {status}\n{words}".rstrip())
        return output

    def _start(self, command: Sequence[str], stderr: int) -> "subprocess.Popen[str]":
        try:
            return subprocess.Popen(
                command,
                cwd=self.cwd,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise self.failure(f"{command[0]} cannot be started ({error.strerror})") from error


def prepare(directory: str) -> Path:
    """Make the directory ("": a new temporary one), or take an empty one; never one that holds something."""
    if not directory:
        return Path(tempfile.mkdtemp(prefix="git-prov-demo-")).resolve()
    path = Path(directory)
    try:
        path.mkdir(parents=True, exist_ok=True)
        empty = not any(path.iterdir())
    except OSError as error:
        raise ProvError(
            f"{directory} cannot be used for the demonstration: {error.strerror}",
            hint="name a directory that can be made, or none: a temporary one is then made",
        ) from error
    if not empty:
        raise ProvError(
            f"{directory} is not empty",
            hint="name a directory that does not exist yet, or none: a temporary one is then made",
        )
    return path.resolve()


def sealed(environ: Mapping[str, str], programs: Sequence[str]) -> dict[str, str]:
    """Give every command the person's own environment, less what would lead git to another repository.

    `programs` are directories, put before those of PATH.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    count = int(kept.get("GIT_CONFIG_COUNT") or 0)
    for number, (name, value) in enumerate(_CONFIG.items(), start=count):
        kept[f"GIT_CONFIG_KEY_{number}"] = name
        kept[f"GIT_CONFIG_VALUE_{number}"] = value
    return kept | {
        "GIT_CONFIG_COUNT": str(count + len(_CONFIG)),
        "GIT_TERMINAL_PROMPT": "0",
        "PATH": os.pathsep.join([*programs, kept.get("PATH") or os.defpath]),
    }
