"""Symbolic links that stay in the directory they are part of."""

from collections.abc import Callable

from gitprov.artifacts.checkout.names import refused


def escape(path: bytes, text: bytes, is_directory: Callable[[bytes], bool], *, portable: bool) -> str:
    """Say why a link at `path`, below the root, may not hold `text`; `""` when it leads to nowhere but below the root.

    `..` is taken back only over a directory that the listings themselves name, for over a link it would lead to
    elsewhere than it seems.
    """
    if not text or b"\0" in text:
        return "leads nowhere"
    if text.startswith(b"/"):
        return "is a link to an absolute path"
    at = path.split(b"/")[:-1]
    for part in text.split(b"/"):
        if part == b"..":
            if not at:
                return "is a link out of the directory"
            if not is_directory(b"/".join(at)):
                return "is a link that goes up behind something that is no directory"
            at.pop()
        elif part not in (b"", b"."):
            if reason := refused(part, portable=portable):
                return f"is a link through a name that {reason}"
            at.append(part)
    return ""
