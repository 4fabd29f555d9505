"""Signed commits: git makes and signs them, with the key and the program that the person has configured for it."""

from collections.abc import Sequence

from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import Signature
from gitprov.gitrepo.process import Git, text

_NOISE = ("fatal: failed to write commit object", "error: gpg failed to sign the data")
"""Lines of git's that say only that signing failed."""


def signed_commit(git: Git, tree: str, parents: Sequence[str], who: Signature, message: bytes) -> str:
    """Store a commit that git has signed, and return its id; `message` is UTF-8 and stands in it as it is.

    Whatever signs may ask the person on the terminal. Raises `GitFailed` where there is no signature.
    """
    name, _, address = who.person.removesuffix(">").rpartition(" <")
    when = f"{who.seconds} {who.offset}"
    environ = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", address), ("DATE", when))
    }
    args = [word for parent in parents for word in ("-p", parent)]
    done = git.run("-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-S", *args, tree, data=message, env=environ)
    return text(done).strip()


def reason(error: GitFailed) -> str:
    """Why there is no signature, on one line: the words of whatever signs, as far as git passes them on."""
    lines = (line.strip() for line in error.stderr.splitlines())
    told = (line for line in lines if line and not line.startswith(("[GNUPG:]", *_NOISE)))
    words = dict.fromkeys(_bare(line) for line in told)
    if said := "; ".join(word for word in words if word):
        return said
    see = "; to see why: gpg --clearsign </dev/null" if "gpg" in error.stderr else ""
    return f"the program that signs failed{see}" if error.stderr else error.message


def _bare(line: str) -> str:
    for prefix in ("fatal:", "error:", "Enter passphrase:"):
        line = line.removeprefix(prefix).strip()
    return line.rstrip("?:")
