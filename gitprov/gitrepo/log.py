"""`git log` for programs and for people: which commits its arguments mean, and its own output with notes of ours in it.

Git alone understands its arguments, so they are never interpreted here, only handed on: once with a format that
gives each commit's id and tree, once as the person wrote them, with one more source of notes. So our lines stand
where git puts notes, in every format and inside the lines of `--graph`, and nothing is left behind in the repository.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Self

from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import Objects, TreeEntry
from gitprov.gitrepo.process import Git, failure, text
from gitprov.gitrepo.repo import Repo
from gitprov.model.answers import About

_ENDS_OPTIONS: Final = ("--", "--end-of-options")
_TOO_LATE: Final = "must come before non-option arguments"
_LOUD: Final = re.compile(r"'-s'.*cannot be used together|-s are mutually exclusive")


class LogCommit(NamedTuple):
    """A commit and its tree."""

    oid: str
    tree: str


def walk(repo: Repo, args: Sequence[str], limit: int | None = None) -> list[LogCommit]:
    """Return the commits that `git log` with these arguments shows, in its order, the first `limit` of them.

    Raises `GitFailed` with git's own words.
    """
    mark = secrets.token_hex(8)  # nothing else that git prints can be taken for it
    ours = ("--no-show-signature", f"--format={mark} %H %T")
    end = next((at for at, arg in enumerate(args) if arg in _ENDS_OPTIONS), len(args))
    quiet: tuple[str, ...] = ("-s",)
    place = end
    while True:
        command = ("log", *args[:place], *quiet, *ours, *args[place:])
        try:
            return _commits(repo, command, mark, limit)
        except GitFailed as error:
            if quiet and _LOUD.search(error.stderr):
                quiet = ()  # its own way of showing changes was asked for; it is read over
            elif place > 0 and _TOO_LATE in error.stderr:
                place -= 1  # a path without `--` before it: no option may stand behind it
            else:
                raise


def _commits(repo: Repo, args: tuple[str, ...], mark: str, limit: int | None) -> list[LogCommit]:
    pattern = re.compile(f"{mark} ([0-9a-f]{{40,64}}) ([0-9a-f]{{40,64}})".encode())
    found: dict[str, LogCommit] = {}
    with _Output(repo.git, args) as output:
        for line in output.lines():
            for oid, tree in pattern.findall(line):
                found.setdefault(oid.decode(), LogCommit(oid.decode(), tree.decode()))
            if limit is not None and len(found) >= limit:
                return list(found.values())[:limit]
        output.check()
    return list(found.values())


class Annotated(NamedTuple):
    """How to show a log with notes of ours."""

    args: Sequence[str]
    """The person's arguments to `git log`."""
    notes: Mapping[str, str]
    """The text below each commit, by commit."""
    heading: str
    """What stands above the text; "" for nothing."""
    alone: bool
    """Whether ours are the only notes to be shown: in a format that by itself shows none."""
    hidden: Sequence[str] = ()
    """Values of `notes.displayRef` that are not to be shown, because they say the same."""
    environ: Mapping[str, str] = {}
    """Added to git's environment: the width, whether a pager is in use."""
    config: Sequence[str] = ()
    """`-c` settings for git, each `key=value`."""


def annotated(repo: Repo, log: Annotated) -> Generator[bytes, None, None]:
    """Yield the output of `git log` line by line, with notes of ours. Raises `GitFailed` with git's own words."""
    scratch = tempfile.mkdtemp(prefix="git-prov-log-")
    try:
        tree = _store(repo, scratch, log.notes)
        settings = [word for setting in log.config for word in ("-c", setting)]
        args = (*settings, "log", "--notes", *log.args)
        with _Output(repo.git, args, {**_sources(repo, log, tree, scratch), **log.environ}) as output:
            yield from _headed(output.lines(), f"Notes ({tree}):".encode(), log.heading.encode())
            output.check()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _store(repo: Repo, scratch: str, notes: Mapping[str, str]) -> str:
    """Put the notes into an object store of their own, which git reads beside the repository's."""
    objects = Objects(repo.object_format)
    blobs = {note: objects.blob(note.encode()) for note in set(notes.values())}
    tree = objects.tree(TreeEntry("100644", oid.encode(), blobs[note]) for oid, note in notes.items())
    environ = {**repo.git.environ, "GIT_OBJECT_DIRECTORY": scratch}
    objects.store(Git(repo.git.cwd, environ))
    return tree


def _sources(repo: Repo, log: Annotated, tree: str, scratch: str) -> dict[str, str]:
    """The environment in which git shows our tree of notes, beside those that the person has configured."""
    inherited = repo.git.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
    stores = [_quoted_store(scratch), *([inherited] if inherited else [])]
    environ = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(stores)}
    if log.alone:
        return {**environ, "GIT_NOTES_REF": tree, "GIT_NOTES_DISPLAY_REF": ""}
    chosen = repo.git.environ.get("GIT_NOTES_DISPLAY_REF")
    shown = chosen.split(":") if chosen is not None else repo.config.all("notes.displayref")
    return {**environ, "GIT_NOTES_DISPLAY_REF": ":".join([*(ref for ref in shown if ref not in log.hidden), tree])}


def _quoted_store(path: str) -> str:
    return json.dumps(path, ensure_ascii=False) if os.pathsep in path else path


def _headed(lines: Iterable[bytes], found: bytes, heading: bytes) -> Iterator[bytes]:
    """Put `heading` in the place of git's, which names a tree that nobody knows; without one the line goes."""
    for line in lines:
        before, is_there, after = line.partition(found)
        if not is_there:
            yield line
        elif heading:
            yield before + heading + after
        elif before.strip():
            yield before.rstrip() + after  # the lines of a graph


def about(repo: Repo, oids: Iterable[str]) -> dict[str, About]:
    """Return what there is to say of these commits; those that are not here are left out, and never fetched."""
    wanted = list(dict.fromkeys(oids))
    if not wanted:
        return {}
    told = repo.git.start(
        *("log", "--no-walk=unsorted", "--ignore-missing", "--stdin", "-s", "-z", "--no-show-signature"),
        *("--encoding=UTF-8", "--decorate-refs=refs/heads/", "--decorate-refs=refs/tags/", "--format=%H%n%D%n%s"),
        data="".join(f"{oid}\n" for oid in wanted).encode(),
        env={"GIT_NO_LAZY_FETCH": "1"},
    )
    rows = (row.split("\n", 2) for row in text(told.output(check=False)).split("\0") if row.count("\n") >= 2)
    return {oid: About(subject.strip("\n"), _names(refs)) for oid, refs, subject in rows}


def _names(decoration: str) -> tuple[str, ...]:
    names = (name.removeprefix("HEAD -> ").removeprefix("tag: ") for name in decoration.split(", "))
    return tuple(name for name in names if name and name != "HEAD")


class _Output:
    """The output of a git process, read as it comes; the process ends with the reading."""

    def __init__(self, git: Git, args: tuple[str, ...], env: Mapping[str, str] | None = None) -> None:
        self._args = args
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = git.popen(args, stdin=subprocess.DEVNULL, stderr=self._words.fileno(), env=env)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdout is not None
        self._process.stdout.close()
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        self._words.close()

    def lines(self) -> Iterator[bytes]:
        """Yield what git prints, line by line."""
        assert self._process.stdout is not None
        yield from self._process.stdout

    def check(self) -> None:
        """Wait for the end. Raises `GitFailed` where git failed."""
        status = self._process.wait()
        if status > 0:
            self._words.seek(0)
            raise failure(_command(self._args), status, self._words.read())


def _command(args: tuple[str, ...]) -> tuple[str, ...]:
    """The arguments from git's command on, without the settings before it."""
    return args[args.index("log") :]
