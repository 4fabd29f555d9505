"""Who called: the program's own code or a library's, told from the frames above ours."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Dict, Iterator, Optional, Sequence

_OURS = __name__.rsplit(".", 2)[0]
_DEEPEST = 64
_LIBRARIES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_IMPORTING = ("importlib.", "_frozen_importlib")
"""How the import system's modules are called; the second is what they are until `importlib` is imported."""
_STANDARD = (os.path.dirname(os.__file__) + os.sep, "<frozen ")


def frames() -> "Iterator[FrameType]":
    """Return the frames above ours, the nearest first, as far as is worth looking."""
    frame: Optional[FrameType] = sys._getframe(1)  # noqa: SLF001 - what `inspect` would do, without loading it
    for _ in range(_DEEPEST):
        if frame is None:
            return
        if not module_of(frame).startswith(_OURS):
            yield frame
        frame = frame.f_back


def module_of(frame: "FrameType") -> str:
    """Return the name of the module whose code a frame runs."""
    return str(frame.f_globals.get("__name__", ""))


def is_library(file: str) -> bool:
    """Tell whether a file of code belongs to an installed package or to Python itself, not to the program."""
    return file.startswith(_STANDARD) or is_package(file)


def is_package(file: str) -> bool:
    """Tell whether a file of code belongs to an installed package."""
    return any(part in file for part in _LIBRARIES)


def is_importing(frame: "FrameType") -> bool:
    """Tell whether a frame is of the import system itself."""
    return module_of(frame).startswith(_IMPORTING)


def is_by_import(above: "Optional[Iterator[FrameType]]" = None) -> bool:
    """Tell whether we are here because a library is being imported, not because the program's code asked."""
    for frame in above or frames():
        if is_importing(frame):
            return True
        if not is_library(frame.f_code.co_filename):
            return False
    return False


def comes_from(modules: "Sequence[str]") -> bool:
    """Tell whether any of these modules is on the way to us."""
    return any(module_of(frame) in modules for frame in frames())


def caller(*, beyond: "Sequence[str]") -> "Dict[str, Any]":
    """Describe the nearest frame that is not in one of these packages: `by` and `file`."""
    for frame in frames():
        if module_of(frame).partition(".")[0] not in beyond:
            return described(module_of(frame), frame.f_code.co_filename)
    return {}


def described(module: str, file: str) -> "Dict[str, Any]":
    """Return `by`, the module's name as one would import it, and `file`, where its code stands."""
    if module == "__main__":
        spec = getattr(sys.modules.get("__main__"), "__spec__", None)
        module = getattr(spec, "name", None) or module  # `python -m name`
    return {"by": module, "file": file}


def described_function(function: object) -> "Dict[str, Any]":
    """Describe where a function, or what it wraps, was written."""
    for _ in range(_DEEPEST):
        inner = getattr(function, "__wrapped__", None)
        if inner is None:
            break
        function = inner
    code: Optional[CodeType] = getattr(function, "__code__", None)
    module = getattr(function, "__module__", None)
    return described(str(module or ""), code.co_filename if code else "")


def is_own_command_line(args: "Any") -> bool:
    """Tell whether these are the process's own arguments: none given means they are."""
    return args is None or list(args) == sys.argv[1:]
