"""What the shim asks git before it starts Python, for those that pre-commit starts: may a rule be about this commit?

Next to nothing is imported here. What is no calm answer, for whatever reason, is left to `gitprov.hooks.rules`.
"""

import os

TYPE_CHECKING = False  # as type checkers read it; `typing` and `collections` cost a third of Python's own start
if TYPE_CHECKING:
    from collections.abc import Mapping

_SAID_BY_FRAMEWORK = ("PRE_COMMIT_REMOTE_NAME", "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF")
"""Where one of them is set, it is no commit that is being made."""
_REMEMBERED = """
exec 2>/dev/null
policy=$1 && shift
git diff-index --cached --quiet HEAD -- "$@" & made=$!
git diff-index --cached --quiet HEAD^ -- "$@" & amended=$!
[ "$policy" = "$(git rev-parse -q --verify :.gitprov.toml)" ] && wait $made && wait $amended
"""
"""HEAD^ because git does not say whether HEAD is amended."""
_ABOUT_MESSAGES = "message-names-run|commit-msg|gitprov"
_OF_MESSAGES = ("git", "grep", "--cached", "-qE", _ABOUT_MESSAGES, "--", ".gitprov.toml", "pyproject.toml")
_IN_NEITHER = 1


def is_calm(event: str, environ: "Mapping[str, str]") -> bool:
    """Tell whether git says that no rule is asked about the commit, or the message, that is being made where we are."""
    if any(name in environ for name in _SAID_BY_FRAMEWORK):
        return False
    try:
        if event == "message":
            return _status(environ, *_OF_MESSAGES) == _IN_NEITHER
        return event == "check" and _is_nobodys(environ)
    except (OSError, ValueError, AttributeError):  # AttributeError: a system without spawnvpe
        return False


def _is_nobodys(environ: "Mapping[str, str]") -> bool:
    with open(os.path.join(environ.get("GIT_DIR", ".git"), "prov", "calm"), encoding="ascii") as file:
        policy, concerns = file.readline().strip(), file.readline().split()
    return bool(policy and concerns) and _status(environ, "sh", "-c", _REMEMBERED, "sh", policy, *concerns) == 0


def _status(environ: "Mapping[str, str]", *argv: str) -> int:
    return os.spawnvpe(os.P_WAIT, argv[0], argv, environ)  # noqa: S606 - `subprocess` costs as much as typing does
