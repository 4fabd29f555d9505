"""What is asked at the end: unseeded randomness, and what libraries that are loaded say of determinism and threads."""

import os
import sys

from . import load, loaded
from .reports import Reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    Source = Callable[[], Dict[str, Any]]

_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def collect(reports: Reports) -> "Dict[str, Any]":
    """Return `unseeded`, `determinism`, `versions`, `blas`, `gpu_memory_peak` (bytes), and what `loaded` finds.

    A part that fails is left out, the others stay.
    """
    known: Dict[str, Any] = {}
    libraries = loaded.mapped()
    asked = _asking("threadpoolctl", "ending_threadpoolctl", libraries)
    sources: List[Source] = [*reports.endings, *_of_frameworks(), asked, _threads, lambda: loaded.collect(libraries)]
    for source in sources:
        try:
            _merge(known, source())
        except Exception:
            pass
    return known


def _of_frameworks() -> "List[Source]":
    return [
        _asking("torch", "ending_torch"),
        _asking("tensorflow", "ending_tensorflow"),
        _asking("jax", "ending_jax"),
    ]


def _asking(library: str, name: str, *more: object) -> "Source":
    def ask() -> "Dict[str, Any]":
        module = sys.modules.get(library)
        known: Dict[str, Any] = load(name).collect(module, *more) if module else {}
        return known

    return ask


def _threads() -> "Dict[str, Any]":
    given = {name: os.environ[name] for name in _THREADS if name in os.environ}
    flags = {f"threads.{name[: name.index('_')].lower()}": _number(text) for name, text in given.items()}
    return {"determinism": flags} if flags else {}


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text


def _merge(known: "Dict[str, Any]", more: "Dict[str, Any]") -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            known.setdefault(name, {}).update(value)
        elif isinstance(value, list):
            before = known.setdefault(name, [])
            before.extend(item for item in value if item not in before)
        elif isinstance(value, int) and name in known:
            known[name] = max(known[name], value)
        else:
            known[name] = value
