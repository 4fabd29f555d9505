"""Putting a function of ours in a library function's place, so that nobody can tell but by looking for it."""

import sys

from ..facts import dict_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, List

    Function = Callable[..., Any]

_COPIED = ("__name__", "__doc__", "__annotate__" if sys.version_info >= (3, 14) else "__annotations__")


def replace(owner: "Any", name: str, make: "Callable[[Function], Function]") -> "Function":
    """Replace `owner.name`, a module's function or a class's method, by what `make` makes of it; return the original.

    The new one has the old one's name, text and signature, and is pickled by the same name.
    """
    original: Function = getattr(owner, name)
    ours = make(original)
    _dress(ours, original)
    if isinstance(owner, type):
        ours.__module__ = original.__module__
        ours.__qualname__ = original.__qualname__
        is_static = isinstance(owner.__dict__.get(name), staticmethod)
        setattr(owner, name, staticmethod(ours) if is_static else ours)
        return original
    home = sys.modules.get(getattr(original, "__module__", None) or "")
    if home is None or home.__dict__.get(name) is not original:
        home = owner  # it was a method of a hidden object, as `random.seed` is
    ours.__module__ = home.__name__
    ours.__qualname__ = name
    for module in (owner, home, *_siblings(home)):
        if dict_of(module).get(name) is original:
            setattr(module, name, ours)
    return original


def listening(original: "Function", listen: "Function") -> "Function":
    """Return a function that calls the original and then, where that went well, hands its arguments to `listen`."""

    def ours(*args: "Any", **kwargs: "Any") -> "Any":
        result = original(*args, **kwargs)
        try:
            listen(*args, **kwargs)
        except Exception:
            pass
        return result

    return ours


def _siblings(home: "ModuleType") -> "List[ModuleType]":
    """Return the modules of a package that may have taken the function over when they were imported."""
    package = home.__name__.partition(".")[0] + "."
    return [module for name, module in list(sys.modules.items()) if name.startswith(package)]


def _dress(ours: "Function", original: "Function") -> None:
    for name in _COPIED:
        try:
            setattr(ours, name, getattr(original, name))
        except Exception:
            pass
    try:
        ours.__dict__.update(original.__dict__)
    except Exception:
        pass
    ours.__wrapped__ = original  # type: ignore[attr-defined]
