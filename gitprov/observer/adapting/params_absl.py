"""Parameters that absl parsed: the flags of the program's own modules, and others that were given."""

import sys

from .callers import described, is_own_command_line, is_package
from .plain import plain
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Dict


def watch(flagvalues: "ModuleType", reports: Reports) -> None:
    """Tell the flags once they are parsed."""

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        def ours(self: "Any", argv: "Any", *args: "Any", **kwargs: "Any") -> "Any":
            result = original(self, argv, *args, **kwargs)
            try:
                _tell(reports, self, is_own=is_own_command_line(list(argv)[1:]))
            except Exception:
                pass
            return result

        return ours

    replace(flagvalues.FlagValues, "__call__", make)


def _tell(reports: Reports, flags: "Any", *, is_own: bool) -> None:
    main = sys.modules["__main__"]
    values: Dict[str, Any] = {}
    for name, defined in flags.flags_by_module_dict().items():
        module = main if name == sys.argv[0] else sys.modules.get(name)
        is_users = module is not None and _is_users(module)
        values.update((flag.name, _value(flag)) for flag in defined if is_users or flag.present)
    if values:
        who = described("__main__", getattr(main, "__file__", "") or "")
        reports.params({"params": plain(values), "from": "absl", "own": is_own, **who})


def _is_users(module: "ModuleType") -> bool:
    if module.__name__ == "__main__":
        return True
    return not is_package(getattr(module, "__file__", None) or "")


def _value(flag: "Any") -> "Any":
    value = flag.value
    is_config = type(value).__module__.startswith("ml_collections")
    return value.to_dict() if is_config else value
