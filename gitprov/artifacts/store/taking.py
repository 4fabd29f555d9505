"""A file that appears whole or not at all."""

import os
from collections.abc import Callable
from contextlib import suppress

from gitprov.artifacts.store.layout import unwritable
from gitprov.model.text import quote


def take(target: str | bytes, mode: int, write: Callable[[int], int]) -> int:
    """Let `write` fill a file beside `target`, which then takes its place; return what `write` returns.

    `mode` is used as it is, without the umask. ProvError where the directory cannot be written.
    """
    path = os.fsencode(target)
    beside = os.path.join(os.path.dirname(path), b".git-prov-" + os.urandom(8).hex().encode())
    try:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            size = write(handle)
            os.fchmod(handle, mode)
            os.rename(beside, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise
        finally:
            os.close(handle)
    except OSError as error:
        raise unwritable(quote(path), error) from error
    return size
