"""What is judged: what is staged, what a range of commits comes to, what a push brings. No rule is known here.

A path counts as changed where it differs from all parents, so that a merge is not blamed for what it merges.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from gitprov.api.session import Session
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.gitrepo import changes as git
from gitprov.gitrepo.changes import Difference
from gitprov.gitrepo.objects import blob_id
from gitprov.gitrepo.repo import Repo

PRE_COMMIT: Final = "pre-commit"
COMMIT_MSG: Final = "commit-msg"
PRE_PUSH: Final = "pre-push"
CI: Final = "ci"
"""Where every rule is asked, whatever its stages."""
AT_HEAD: Final = "HEAD"
"""Instead of a branch: the one that HEAD is on, which is looked up when a rule asks."""
STAGES: Final = (PRE_COMMIT, COMMIT_MSG, PRE_PUSH, CI)
_HEADS: Final = "refs/heads/"
_TAGS: Final = "refs/tags/"
_REVIEWED: Final = "refs/for/"
"""Gerrit takes what is to be reviewed for a branch there."""
_OURS: Final = ("refs/prov/", "refs/notes/")


class Changed(NamedTuple):
    """A path that differs: the blob before and the one that will be in Git, "" where there is none."""

    path: str
    """From the top of the repository; bytes that are not UTF-8 as surrogates."""
    old: str
    new: str
    mode: str
    """As git writes it: `100644`; "" where the path goes."""
    was: tuple[str, ...] = ()
    """Paths that held the same bytes before and go: it was renamed."""

    @property
    def is_file(self) -> bool:
        """Whether there is a file, or a symbolic link, after the change: no submodule, and nothing removed."""
        return self.mode not in ("", git.GITLINK)


class Change(NamedTuple):
    """All that is judged at once."""

    stage: str
    """One of `STAGES`."""
    paths: tuple[Changed, ...]
    named: str
    """What it is, in words: `3 staged changes`."""
    tree: str = ""
    """What holds the files after the change: a commit; "" for the index."""
    bases: tuple[str, ...] = ()
    """What it was compared with; none before the first commit."""
    commits: tuple[str, ...] = ()
    """The commits that bring it, the oldest first; none for what is staged."""
    branch: str | None = ""
    """The short name of the branch it goes to, or `AT_HEAD`; "" for none; `None` where nobody can tell."""
    tag: str = ""
    """The tag that is pushed."""
    remote: str = ""
    """The remote it goes to, by name or address."""
    message: str | None = None
    """The message of the commit that is being made."""


def staged(session: Session, files: Sequence[str] = (), *, stage: str = PRE_COMMIT, amend: bool = False) -> Change:
    """Return what the next commit changes, from the index that git is committing from; of `files` alone, if any.

    `amend` says that it takes the place of HEAD: git itself does not. Raises `ProvError`.
    """
    repo = session.repo
    if repo.worktree is None:
        raise ProvError(
            "nothing is staged where there is no work tree", hint="judge commits: git prov check --range A..B"
        )
    use_index(session)
    parents = _parents(repo, amend=amend)
    found = _staged(repo, parents)
    if found is None:
        parents, found = [], _staged(repo, [git.empty_tree(repo)]) or []
    paths = _chosen(session, against_all(repo, found), files)
    return Change(stage, paths, _named(len(paths), files), bases=tuple(parents), branch=AT_HEAD)


def _named(count: int, files: Sequence[str]) -> str:
    if count:
        return f"{count} staged change{'' if count == 1 else 's'}"
    return "nothing is staged of the files that were named" if files else "nothing is staged"


def located(session: Session, change: Change) -> Change:
    """Return a change with the branch that HEAD is on, where that is where it goes."""
    return change._replace(branch=git.branch(session.repo)) if change.branch == AT_HEAD else change


def use_index(session: Session) -> None:
    """Let our git calls read the index that git gave to the hook: that of `git commit -a` or `git commit FILE`."""
    if index := session.environ.get("GIT_INDEX_FILE"):
        session.repo.git.environ["GIT_INDEX_FILE"] = index


def of_range(session: Session, text: str, files: Sequence[str] = (), *, branch: str | None = "") -> Change:
    """Return what `A..B` comes to: B against where it left A. Raises `UsageError`, `NotFound`, `ProvError`."""
    base, tip = _ends(session.repo, text)
    bases = _merge_bases(session.repo, base, tip)
    commits = _whole(session.repo, git.commits_between(session.repo, tip, [base]), base)
    change = Change(CI, (), text, tip, tuple(bases), tuple(commits), branch)
    return _of_commits(session, change, files)


def newest(session: Session, files: Sequence[str] = (), *, branch: str | None = "") -> Change:
    """Return what the commit HEAD names changed. Raises `NotFound` before the first commit, `ProvError`."""
    repo = session.repo
    tip = git.commit_of(repo, "HEAD")
    if not tip:
        raise NotFound("there is no commit yet", hint="judge what is staged: git prov check")
    _whole(repo, [tip], f"{tip[:12]}^")
    bases = tuple(git.parents(repo, tip))
    return _of_commits(session, Change(CI, (), f"commit {tip[:12]}", tip, bases, (tip,), branch), files)


class PushedRef(NamedTuple):
    """A line that git gives to its pre-push hook."""

    local: str
    oid: str
    remote_ref: str
    remote_oid: str


def pushed_refs(lines: str) -> list[PushedRef]:
    """Read what git says to its pre-push hook, a line a ref. Raises `UsageError` for anything else."""
    words = [line.rsplit(" ", 3) for line in lines.splitlines() if line]  # what is pushed may be `HEAD@{1 day ago}`
    if any(len(one) != len(PushedRef._fields) for one in words):
        hint = "git writes: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID"
        raise UsageError("standard input is not what git gives to its pre-push hook", hint=hint)
    return [PushedRef(*one) for one in words]


def pushed(session: Session, ref: PushedRef, remote: str, *, since_default: bool = False) -> Change | None:
    """Return what pushing a ref brings to a remote; `None` for what brings nothing that is judged.

    That is what is new to the remote as a whole where the ref is; with `since_default`, to its default branch.
    """
    repo = session.repo
    tip = "" if not ref.oid.strip("0") else git.commit_of(repo, ref.oid)
    if not tip or ref.remote_ref.startswith(_OURS):
        return None  # it is removed, is no commit, or is of ours
    there = git.commit_of(repo, ref.remote_oid) if ref.remote_oid.strip("0") else ""
    if since_default:
        there = there or git.default_branch(repo, remote)
    known = [there] if there else []
    elsewhere = remote if not there and remote in repo.remotes() else ""
    commits = _whole(repo, git.commits_between(repo, tip, known, remote=elsewhere), "")
    bases = tuple(git.boundary(repo, tip, known, remote=elsewhere))
    kind, short = _short(ref.remote_ref)
    to = ("", short) if kind == "tag" else (short if kind == "branch" else "", "")
    named = f"{kind} {short} to {remote}"
    return _of_commits(session, Change(PRE_PUSH, (), named, tip, bases, tuple(commits), *to, remote))


def _short(ref: str) -> tuple[str, str]:
    """What kind of ref it is that something is pushed to, and how people call it."""
    if ref.startswith(_REVIEWED):
        return "branch", ref.removeprefix(_REVIEWED).partition("%")[0]
    for kind, above in (("branch", _HEADS), ("tag", _TAGS)):
        if ref.startswith(above):
            return kind, ref.removeprefix(above)
    return "ref", ref


def _of_commits(session: Session, change: Change, files: Sequence[str] = ()) -> Change:
    """Return a change with the paths that its commits come to, of `files` alone if there are any."""
    repo = session.repo
    bases = change.bases or (git.empty_tree(repo),)
    found = [git.between(repo, base, change.tree) for base in bases] if change.commits else []
    paths = _chosen(session, against_all(repo, found), files)
    return change._replace(paths=paths, named=f"{change.named}, {_counted(change.commits, paths)}")


def _counted(commits: Sequence[str], paths: Sequence[Changed]) -> str:
    one, other = len(commits), len(paths)
    return f"{one} commit{'' if one == 1 else 's'}, {other} path{'' if other == 1 else 's'}"


def _parents(repo: Repo, *, amend: bool) -> list[str]:
    """What the next commit follows; HEAD also where there is no commit yet."""
    return git.parents(repo, "HEAD") if amend and git.commit_of(repo, "HEAD") else ["HEAD", *git.merge_heads(repo)]


def _staged(repo: Repo, parents: Sequence[str]) -> list[list[Difference]] | None:
    """How the index differs from each parent, from nothing where there is none; `None` where HEAD is no commit yet."""
    running = [git.start_staged(repo, parent) for parent in parents or [git.empty_tree(repo)]]
    outputs = [one.output(check=False) for one in running]
    if any(one.returncode for one in running):
        if not git.commit_of(repo, "HEAD"):
            return None
        outputs = [git.start_staged(repo, parent).output() for parent in parents]  # raises what went wrong
    return [git.parse(output) for output in outputs]


def against_all(repo: Repo, found: Sequence[Sequence[Difference]]) -> tuple[Changed, ...]:
    """Return what is in all differences: with what became of it, and from where it was renamed."""
    if not found:
        return ()
    gone: dict[tuple[str, str], list[str]] = {}
    for one in (one for differences in found for one in differences):
        if not one.new:
            gone.setdefault((one.old, one.old_mode[:2]), []).append(one.path)
    gone.pop((blob_id(b"", repo.object_format), "10"), None)  # all empty files are the same, and say nothing
    others = [{one.path for one in differences} for differences in found[1:]]
    return tuple(
        Changed(one.path, one.old, one.new, one.mode, tuple(dict.fromkeys(gone.get((one.new, one.mode[:2]), ()))))
        for one in found[0]
        if not one.in_mode_alone and all(one.path in paths for paths in others)
    )


def _chosen(session: Session, paths: tuple[Changed, ...], files: Sequence[str]) -> tuple[Changed, ...]:
    """Return what is at or below the files that were named, as seen from where the person stands."""
    if not files:
        return paths
    repo = session.repo
    wanted = []
    for file in files:
        absolute = os.path.normpath(os.path.join(os.path.realpath(session.cwd), file))
        below = os.path.relpath(absolute, repo.worktree or session.cwd)
        if below.split(os.sep)[0] == os.pardir:
            raise UsageError(f"{file} lies outside of this repository", hint="name files of the repository")
        wanted.append("" if below == os.curdir else below)
    exact = set(wanted)
    return tuple(one for one in paths if one.path in exact or any(above in exact for above in _above(one.path)))


def _above(path: str) -> Iterable[str]:
    """The directories a path is in, the top ("") the last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _ends(repo: Repo, text: str) -> tuple[str, str]:
    """The commits that `A..B` names. Raises `UsageError`, `NotFound`."""
    base, dots, tip = text.partition("..")
    if not dots or not base:
        raise UsageError(f"{text!r} is not a range", hint="give it as A..B: --range origin/main..HEAD")
    found = []
    for name in (base, tip.removeprefix(".") or "HEAD"):
        if name and not name.strip("0"):
            raise NotFound(
                f"{text} begins at no commit: the branch is new", hint="name where it left: --range origin/main..HEAD"
            )
        oid = git.commit_of(repo, name)
        if not oid:
            raise NotFound(f"{name} is no commit that is here", hint=_deeper(repo, name))
        found.append(oid)
    return found[0], found[1]


def _deeper(repo: Repo, name: str) -> str:
    if repo.shallow:
        return _FETCH
    short = name.removeprefix("refs/remotes/")
    for remote in repo.remotes():
        if short.startswith(f"{remote}/"):
            branch = short.removeprefix(f"{remote}/")
            return f"fetch it: git fetch {remote} +refs/heads/{branch}:refs/remotes/{short}"
    return f"fetch it: git fetch {next(iter(repo.remotes()), 'REMOTE')} {name}"


_FETCH: Final = "history is cut off here: git fetch --unshallow (GitHub Actions: fetch-depth: 0; GitLab: GIT_DEPTH: 0)"


def _merge_bases(repo: Repo, base: str, tip: str) -> list[str]:
    bases = git.merge_bases(repo, base, tip)
    if not bases and repo.shallow:
        raise ProvError(f"where {tip[:12]} left {base[:12]} is not here", hint=_FETCH)
    return bases


def _whole(repo: Repo, commits: list[str], base: str) -> list[str]:
    """Return the commits, unless history is cut off at one of them: it would seem to bring everything."""
    cut = git.cut_off(repo).intersection(commits) if repo.shallow else ()
    if cut:
        where = f" on the way to {base[:12]}" if base else ""
        raise ProvError(f"the parents of {min(cut)[:12]} are not here{where}", hint=_FETCH)
    return commits
