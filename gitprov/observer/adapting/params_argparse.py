"""Parameters that argparse parsed: the namespace of the outermost call, subcommands and all."""

from _thread import get_ident

from .callers import caller, is_own_command_line
from .plain import plain
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Dict

_SEAMS = ("parse_known_args", "parse_known_intermixed_args")
"""What every way of parsing goes through; each may call itself or the other for subcommands."""


def watch(argparse: "ModuleType", reports: Reports) -> None:
    """Tell what each outermost parse results in."""
    parsing: Dict[int, bool] = {}  # by thread
    suppress = argparse.SUPPRESS

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        def ours(self: "Any", args: "Any" = None, namespace: "Any" = None, **kwargs: "Any") -> "Any":
            thread = get_ident()
            if thread in parsing:
                return original(self, args, namespace, **kwargs)
            args = args if args is None else list(args)  # what can be gone through only once is kept for argparse
            is_own = is_own_command_line(args)
            parsing[thread] = True
            try:
                result = original(self, args, namespace, **kwargs)
            finally:
                parsing.pop(thread, None)
            try:
                _tell(reports, result[0], suppress, is_own=is_own)
            except Exception:
                pass
            return result

        return ours

    for name in _SEAMS:
        replace(argparse.ArgumentParser, name, make)


def _tell(reports: Reports, namespace: "Any", suppress: object, *, is_own: bool) -> None:
    values = {name: value for name, value in vars(namespace).items() if value is not suppress}
    values.pop("_unrecognized_args", None)
    who = caller(beyond=("argparse",))
    reports.params({"params": plain(values), "from": "argparse", "own": is_own, **who})
