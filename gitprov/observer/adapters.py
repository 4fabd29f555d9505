"""Which libraries are listened to, and when: each gets its adapter the moment the program itself imports it.

An adapter notes what the program tells its libraries (seeds, parameters) and what they say of themselves at the end.
None of them imports its library, and a library that is not as expected is left as it is.
"""

from .adapting import load
from .adapting.reports import Reports
from .adapting.untouched import Imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Dict, List

    WhenImported = Callable[[str, Callable[[ModuleType], None]], None]
    WhenSought = Callable[[Callable[[str], None]], None]

_ADAPTERS = (
    ("random", "seeds_random"),
    ("numpy.random", "seeds_numpy"),
    ("torch", "seeds_torch"),
    ("torch.serialization", "files_torch"),
    ("tensorflow.python.framework.random_seed", "seeds_tensorflow"),
    ("jax.random", "seeds_jax"),
    ("sklearn.utils.validation", "seeds_random_state"),
    ("scipy._lib._util", "seeds_random_state"),
    ("pandas.core.common", "seeds_random_state"),
    ("argparse", "params_argparse"),
    ("click.core", "params_click"),
    ("typer._click.core", "params_click"),
    ("hydra.core.utils", "params_hydra"),
    ("omegaconf.omegaconf", "params_omegaconf"),
    ("fire.core", "params_fire"),
    ("absl.flags._flagvalues", "params_absl"),
)
"""The module that is waited for, and the adapter in `adapting` that is then loaded."""

_listening: "List[Reports]" = []
"""The reports of this process, once there are any: a library is wrapped once."""


def install(
    when_imported: "WhenImported",
    when_sought: "WhenSought",
    tell: "Callable[[Dict[str, Any]], None]",
    at_end: "Callable[[Callable[[], Dict[str, Any]]], None]",
) -> None:
    """Wait for the libraries. `tell` writes what is noted at once, `at_end` asks for what is known at the end."""
    if _listening:  # a notebook that begins to be observed once more
        reports = _listening[0]
        reports.renew(tell)
    else:
        imports = Imports(when_imported)
        reports = Reports(tell, imports)
        _listening.append(reports)
        for awaited, adapter in _ADAPTERS:
            when_imported(awaited, _Watch(adapter, reports))
        when_sought(imports.notice)
    at_end(_Ending(reports))


class _Watch:
    """Loads an adapter, once its library is there, and lets it look after the library."""

    __slots__ = ("_adapter", "_reports")

    def __init__(self, adapter: str, reports: Reports) -> None:
        self._adapter = adapter
        self._reports = reports

    def __call__(self, module: "ModuleType") -> None:
        try:
            load(self._adapter).watch(module, self._reports)
        except Exception:
            pass  # it is not the library we know; the program goes on with it as it is


class _Ending:
    """Asks, at the end, what the libraries that were used say of themselves."""

    __slots__ = ("_reports",)

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def __call__(self) -> "Dict[str, Any]":
        try:
            known: Dict[str, Any] = load("ending").collect(self._reports)
        except Exception:
            return {}
        return known
