"""The files that `torch.save` makes: PyTorch opens them below Python, where no audit hook sees it."""

import os
import sys

from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def watch(serialization: "ModuleType", _reports: Reports) -> None:
    """Raise the audit event that an open in Python would have raised."""
    replace(serialization._open_zipfile_writer_file, "__init__", _announcing)  # noqa: SLF001 - all of `save` goes there


def _announcing(original: "Callable[..., None]") -> "Callable[..., None]":
    def ours(self: "Any", name: "Any", *args: "Any", **kwargs: "Any") -> None:
        try:
            sys.audit("open", os.fsdecode(name), "wb", _FLAGS)
        except Exception:
            pass
        original(self, name, *args, **kwargs)

    return ours
