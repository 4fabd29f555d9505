"""What a system call does to files, programs and the network, as events."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from gitprov.capture.strace.lines import PLACE, STRING, Call, real, unescape
from gitprov.capture.strace.paths import absolute, worth_telling
from gitprov.observer import protocol

Touch = tuple[bytes, bytes, bytes]
"""Kind of event, path, and for `RENAMED` and `LINKED` the new path, else empty."""

_CWD: Final = b"AT_FDCWD"
_NOWHERE: Final = (b"0", b"53")  # ports: looking for a way to a host, and asking for its name
_NOT_OPENED: Final = {"O_PATH", "O_DIRECTORY", "O_TMPFILE"}

_ONE = re.compile(STRING + rb"(?:, (.*))?", re.DOTALL)
_ONE_AT = re.compile(PLACE + rb", " + STRING + rb"(?:, (.*))?", re.DOTALL)
_TWO = re.compile(STRING + rb", " + STRING)
_TWO_AT = re.compile(PLACE + rb", " + STRING + rb", " + PLACE + rb", " + STRING)
_LINK_AT = re.compile(STRING + rb", " + PLACE + rb", " + STRING)
_DIRECTORY = re.compile(PLACE)
_FLAGS = re.compile(rb"(?:\{flags=)?(O_[A-Z_|]+)")
_PEER = re.compile(rb'sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|AF_INET6, )"([0-9a-fA-F.:]+)"')


def kind_of_open(flags: bytes) -> bytes:
    """Return the kind of event that opening a file with these flags is, empty where nothing is read or written."""
    words = set(flags.decode("ascii", "replace").split("|"))
    if words & _NOT_OPENED:
        return b""
    if not words & {"O_WRONLY", "O_RDWR"}:
        return protocol.READ
    if "O_TRUNC" in words or {"O_CREAT", "O_EXCL"} <= words:
        return protocol.WRITTEN
    if "O_RDWR" not in words or "O_APPEND" in words:
        return protocol.UPDATED
    return protocol.OPENED_OR_MADE if "O_CREAT" in words else protocol.READ_AND_UPDATED


def touches(call: Call, cwd: bytes) -> Iterator[Touch]:
    """Yield what a call did, by a process whose working directory is `cwd`."""
    handle = _HANDLERS.get(call.name)
    if handle:
        yield from handle(call, cwd)


def directory_of(call: Call, cwd: bytes) -> bytes:
    """Return the directory that `chdir` or `fchdir` went to, empty where it is not known."""
    if call.name == b"fchdir":
        found = _DIRECTORY.match(call.arguments)
        return real(found[2]) if found else b""
    one = _ONE.match(call.arguments)
    return absolute(cwd, unescape(one[1])) if one else b""


def _open(call: Call, cwd: bytes) -> Iterator[Touch]:
    path, rest = _path(call, cwd)
    found = _FLAGS.match(rest)
    kind = protocol.WRITTEN if call.name == b"creat" else kind_of_open(found[1]) if found else b""
    if kind and path:
        yield kind, path, b""


def _execute(call: Call, cwd: bytes) -> Iterator[Touch]:
    path, _ = _path(call, cwd)
    if path:
        yield protocol.EXECUTED, path, b""


def _remove(call: Call, cwd: bytes) -> Iterator[Touch]:
    path, _ = _path(call, cwd)
    if path:
        yield protocol.REMOVED, path, b""


def _truncate(call: Call, cwd: bytes) -> Iterator[Touch]:
    path, size = _path(call, cwd)
    if path:
        yield protocol.WRITTEN if size == b"0" else protocol.UPDATED, path, b""


def _rename(call: Call, cwd: bytes) -> Iterator[Touch]:
    old, new = _paths(call, cwd)
    old, new = worth_telling(old), worth_telling(new)
    if old and new:
        yield protocol.RENAMED, old, new
        if b"RENAME_EXCHANGE" in call.arguments.rpartition(b'"')[2]:
            yield protocol.UPDATED, old, b""


def _link(call: Call, cwd: bytes) -> Iterator[Touch]:
    """A file made without a name, which gets one in this way, is one that was written."""
    old, new = _paths(call, cwd)
    new = worth_telling(new)
    if not new:
        return
    nameless = b"AT_EMPTY_PATH" in call.arguments.rpartition(b'"')[2] or not worth_telling(old)
    yield (protocol.WRITTEN, new, b"") if nameless else (protocol.LINKED, old, new)


def _symlink(call: Call, cwd: bytes) -> Iterator[Touch]:
    found = _LINK_AT.match(call.arguments) if call.name == b"symlinkat" else _TWO.match(call.arguments)
    if not found:
        return
    target, *place, name = found.groups()
    path = worth_telling(absolute(_base(place, cwd), unescape(name)))
    if path:
        yield protocol.LINKED, absolute(path.rpartition(b"/")[0] or b"/", unescape(target)), path


def _connect(call: Call, _cwd: bytes) -> Iterator[Touch]:
    found = _PEER.search(call.arguments)
    if found and found[1] not in _NOWHERE:
        host = found[2].lower().removeprefix(b"::ffff:")
        yield protocol.CONNECTED, b"%b:%b" % (b"[" + host + b"]" if b":" in host else host, found[1]), b""


def _path(call: Call, cwd: bytes) -> tuple[bytes, bytes]:
    """Return the one path of a call, empty where it is not known or cannot matter, and the arguments behind it."""
    if found := _ONE.match(call.arguments):
        path, rest = absolute(cwd, unescape(found[1]), call.path), found[2]
    elif found := _ONE_AT.match(call.arguments):
        place, name, rest = found.group(1, 2), unescape(found[3]), found[4]
        path = absolute(_base(place, cwd), name, call.path) if name else real(place[1])
    else:
        return b"", b""
    return worth_telling(path, call.path), rest or b""


def _paths(call: Call, cwd: bytes) -> tuple[bytes, bytes]:
    """Return the two paths of a call, empty where they are not known."""
    if found := _TWO.match(call.arguments):
        return absolute(cwd, unescape(found[1])), absolute(cwd, unescape(found[2]))
    if found := _TWO_AT.match(call.arguments):
        old, new = found.group(1, 2), found.group(4, 5)
        return absolute(_base(old, cwd), unescape(found[3])), absolute(_base(new, cwd), unescape(found[6]))
    return b"", b""


def _base(place: "list[bytes] | tuple[bytes | None, ...]", cwd: bytes) -> bytes:
    """Return the directory that a name is relative to; versions before 5.15 do not tell which `AT_FDCWD` is."""
    if not place:
        return cwd
    return real(place[1]) or (cwd if place[0] == _CWD else b"")


_HANDLERS: Final[dict[bytes, Callable[[Call, bytes], Iterator[Touch]]]] = {
    **dict.fromkeys((b"openat", b"open", b"openat2", b"creat"), _open),
    **dict.fromkeys((b"execve", b"execveat"), _execute),
    **dict.fromkeys((b"unlink", b"unlinkat", b"rmdir"), _remove),
    **dict.fromkeys((b"rename", b"renameat", b"renameat2"), _rename),
    **dict.fromkeys((b"link", b"linkat"), _link),
    **dict.fromkeys((b"symlink", b"symlinkat"), _symlink),
    b"truncate": _truncate,
    b"connect": _connect,
}
