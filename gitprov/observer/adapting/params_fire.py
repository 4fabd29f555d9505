"""Parameters that Fire parsed: the arguments of each function or class it calls."""

from .callers import described_function
from .plain import plain
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Dict, List


def watch(core: "ModuleType", reports: Reports) -> None:
    """Tell the arguments of each call. The seam is Fire's own; where it is not there, nothing is told."""

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        def ours(fn: "Any", metadata: "Any") -> "Any":
            parse = original(fn, metadata)
            try:
                spec = core.inspectutils.GetFullArgSpec(fn)
            except Exception:
                return parse

            def parsing(args: "Any") -> "Any":
                result = parse(args)
                try:
                    positional, named = result[0]
                    _tell(reports, fn, _arguments(spec, positional, named))
                except Exception:
                    pass
                return result

            return parsing

        return ours

    replace(core, "_MakeParseFn", make)


def _arguments(spec: "Any", positional: "List[Any]", named: "Dict[str, Any]") -> "Dict[str, Any]":
    values: Dict[str, Any] = dict(zip(spec.args, positional))
    if spec.varargs and len(positional) > len(spec.args):
        values[spec.varargs] = list(positional[len(spec.args) :])
    return {**(spec.kwonlydefaults or {}), **values, **named}


def _tell(reports: Reports, fn: object, values: "Dict[str, Any]") -> None:
    if values:
        told = {"params": plain(values), "from": "fire", "own": True}
        reports.params({**told, **described_function(getattr(fn, "__init__", fn) if isinstance(fn, type) else fn)})
