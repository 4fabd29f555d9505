"""Telling a program's own use of a generator from a library's: some draw numbers while they are being imported.

What a library does then has no bearing on results, and the person can do nothing about it. So the state that a
generator has after the import of a library counts as untouched if it was so before.
"""

import sys
from _thread import get_ident

from ..facts import dict_of
from ..posthooks import is_in_the_making, is_initializing
from .callers import frames, is_by_import, is_importing, is_library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable, Dict, List, Set

    WhenImported = Callable[[str, Callable[[ModuleType], None]], None]


class Untouched:
    """A generator's state as it is without the program's doing."""

    __slots__ = ("_differ", "_look", "_state")

    def __init__(self, look: "Callable[[], Any]", differ: "Callable[[Any, Any], bool]") -> None:
        self._look = look
        self._differ = differ
        self.renew()

    def renew(self) -> None:
        """Take the state of this moment for untouched."""
        self._state = self._look()

    @property
    def is_past(self) -> bool:
        """Whether the generator was used."""
        return self._differ(self._look(), self._state)


class Imports:
    """What is imported, and the generators that are not to be touched by it."""

    def __init__(self, when_imported: "WhenImported") -> None:
        self._when_imported = when_imported
        self._pending: Set[str] = set()
        self._last: Dict[int, str] = {}
        """By thread, the module that is imported, of those that no library asked for the last one."""
        self._within: Dict[int, ModuleSpec] = {}
        """By thread, what the import system knows of that module, once it is plain that it is a library."""
        self._generators: List[Untouched] = []

    def guard(self, generator: Untouched) -> None:
        """Let imports not count as uses of this generator."""
        self._generators.append(generator)

    def renew(self) -> None:
        """Take the generators as they are now for untouched."""
        for generator in self._generators:
            generator.renew()

    def notice(self, name: str) -> None:
        """Be told of an import before it happens."""
        thread = get_ident()
        within = self._within.get(thread)
        if within is not None and is_initializing(within):
            return  # nearly always: a library imports its own parts, and what it needs
        if name in self._pending or name.partition(".")[0] in _STANDARD:
            return
        if self._finds_library(thread) or not _is_outermost():
            return
        self._pending.add(name)
        self._last[thread] = name
        used = [generator for generator in self._generators if generator.is_past]

        def imported(module: "ModuleType") -> None:
            self._pending.discard(name)
            self._last.pop(thread, None)
            self._within.pop(thread, None)
            if _is_library(module):
                for generator in self._generators:
                    if generator not in used:
                        generator.renew()

        self._when_imported(name, imported)

    def _finds_library(self, thread: int) -> bool:
        """Tell whether it is plain by now that a library is imported in this thread."""
        module = sys.modules.get(self._last.get(thread, ""))
        if module is None or not is_in_the_making(module) or not _is_library(module):
            return False
        self._within[thread] = dict_of(module)["__spec__"]
        return True


_STANDARD: "frozenset[str]" = getattr(sys, "stdlib_module_names", frozenset())


def _is_outermost() -> bool:
    """Tell whether no library's import is going on already: then all that happens belongs to that one."""
    above = frames()
    for frame in above:
        if not is_importing(frame):
            return not is_library(frame.f_code.co_filename) or not is_by_import(above)
    return False


def _is_library(module: "ModuleType") -> bool:
    return is_library(str(dict_of(module).get("__file__") or ""))
