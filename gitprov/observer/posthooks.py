"""Calling back when a module has been imported, without importing it.

A finder at the front of `sys.meta_path` lets the others find the module and has its loader call back once. The
module and its spec have the loader that they would have had, and there is no finder where nothing is awaited.
"""

import sys
from _thread import get_ident

from .facts import dict_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

    Callback = Callable[[ModuleType], None]
    Notice = Callable[[str], None]


def when_imported(name: str, callback: "Callback") -> None:
    """Call `callback(module)` right after the module `name` has been executed, or now where it has been.

    Its exceptions are swallowed. It is called once; a module whose import fails is waited for further.
    """
    module = sys.modules.get(name)
    if module is not None and not is_in_the_making(module):
        _call(callback, module)
    else:
        _finder.await_module(name, callback)


def when_sought(notice: "Notice") -> None:
    """Call `notice(name)` from now on before any module that is not there yet is looked for. It must not raise."""
    _finder.tell(notice)


class _Finder:
    """Finds nothing itself: it waits for the modules that are awaited."""

    def __init__(self) -> None:
        self._notice: Optional[Notice] = None
        self._awaited: Dict[str, List[Callback]] = {}
        self._half: Set[str] = set()
        """Awaited modules whose import was under way already."""
        self._busy: Set[Tuple[int, str]] = set()

    def await_module(self, name: str, callback: "Callback") -> None:
        """Wait for one module."""
        self._awaited.setdefault(name, []).append(callback)
        if name in sys.modules:
            self._half.add(name)
        self._stand_in_front()

    def tell(self, notice: "Notice") -> None:
        """Tell of every module that is looked for."""
        self._notice = notice
        self._stand_in_front()

    def _stand_in_front(self) -> None:
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: "Optional[Sequence[str]]" = None, target: "Optional[ModuleType]" = None
    ) -> "Optional[ModuleSpec]":
        """Return what the other finders find, if the module is awaited, with a loader that calls back."""
        if self._notice is not None:
            self._notice(name)
        if self._half:
            self._look_at_half()
        if name not in self._awaited:
            return None
        turn = (get_ident(), name)
        if turn in self._busy:
            return None  # another finder asks all finders
        self._busy.add(turn)
        try:
            spec = self._ask_others(name, path, target)
        finally:
            self._busy.discard(turn)
        if spec is not None:
            _prepare(spec, self.arrived)
        return spec

    def arrived(self, name: str, module: "ModuleType") -> None:
        """Call back: the module has been executed."""
        callbacks = self._awaited.pop(name, ())
        self._half.discard(name)
        if not self._awaited and self._notice is None and self in sys.meta_path:
            sys.meta_path.remove(self)
        module = sys.modules.get(name, module)  # it may have put another object in its place
        for callback in callbacks:
            _call(callback, module)

    def _ask_others(
        self, name: str, path: "Optional[Sequence[str]]", target: "Optional[ModuleType]"
    ) -> "Optional[ModuleSpec]":
        for finder in list(sys.meta_path):
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: Optional[ModuleSpec] = find and find(name, path, target)
            if spec is not None:
                return spec
        return None

    def _look_at_half(self) -> None:
        for name in tuple(self._half):
            module = sys.modules.get(name)
            if module is None:
                self._half.discard(name)
            elif not is_in_the_making(module):
                self.arrived(name, module)


def _prepare(spec: "ModuleSpec", arrived: "Callable[[str, ModuleType], None]") -> None:
    """Have the spec's loader tell when it has executed this module."""
    loader: Any = spec.loader
    execute = getattr(loader, "exec_module", None)
    if execute is None:
        return

    def exec_module(module: "ModuleType") -> None:
        mine = getattr(module, "__spec__", None) is spec or module.__name__ == spec.name
        if mine and loader.__dict__.get("exec_module") is exec_module:
            del loader.exec_module  # it is as it was before the module can look at it
        execute(module)
        if mine:
            arrived(spec.name, module)

    if not isinstance(loader, type):
        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass  # a loader without room for it is left alone


def is_in_the_making(module: "ModuleType") -> bool:
    """Tell whether a module is being executed for the first time just now."""
    return is_initializing(dict_of(module).get("__spec__"))


def is_initializing(spec: object) -> bool:
    """Tell the same by a module's spec."""
    return getattr(spec, "_initializing", False) is True


def _call(callback: "Callback", module: "ModuleType") -> None:
    try:
        callback(module)
    except Exception:
        pass


_finder = _Finder()
