"""Parameters that a program without Hydra reads from its command line by `OmegaConf.from_cli`."""

from .callers import caller, is_own_command_line
from .plain import plain
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable


def watch(module: "ModuleType", reports: Reports) -> None:
    """Tell what was parsed."""
    omega: Any = module.OmegaConf

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        def ours(args_list: "Any" = None) -> "Any":
            result = original(args_list)
            try:
                values = omega.to_container(result, resolve=False)
                is_own = is_own_command_line(args_list)
                told = {"params": plain(values), "from": "omegaconf", "own": is_own}
                reports.params({**told, **caller(beyond=("omegaconf",))})
            except Exception:
                pass
            return result

        return ours

    replace(omega, "from_cli", make)
