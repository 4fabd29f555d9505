"""Which environment variables of a record are set again, and which are refused: they come from somebody else.

Those are set that change how numbers are computed, and only to plain values. What would change which programs or
libraries run (PATH, LD_PRELOAD, GIT_SSH_COMMAND) is refused by not being on the list, whatever new names there will be.
"""

import os
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from gitprov.model.text import single_line, unquote, unsafe_path

_FAMILIES: Final = (
    "OMP_", "KMP_", "GOMP_", "MKL_", "BLIS_", "OPENBLAS_", "NUMEXPR_", "NUMBA_", "NPY_", "DNNL_", "ONEDNN_",
    "CUBLAS_", "CUBLASLT_", "CUDNN_", "NCCL_", "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "ATEN_", "XLA_", "JAX_",
    "MIOPEN_", "ROCBLAS_", "LC_", "TF_DETERMINISTIC", "TF_CUDNN_", "TF_ENABLE_", "TF_DISABLE_", "TF_XLA_", "TF_NUM_",
    "TF_FORCE_", "TF_GPU_", "TF_USE_",
)  # fmt: skip
_NAMES: Final = frozenset({
    "GOTO_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "JULIA_NUM_THREADS",
    "NVIDIA_TF32_OVERRIDE", "KERAS_BACKEND", "TOKENIZERS_PARALLELISM", "SOURCE_DATE_EPOCH", "LANG", "LANGUAGE",
    "PYTHONOPTIMIZE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONSAFEPATH", "PYTHON_GIL", "MALLOC_PERTURB_",
})  # fmt: skip
OF_ENVIRONMENTS: Final = frozenset({"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PIXI_ENVIRONMENT_NAME"})
"""Where the environment of a run stood: another one takes its place, which is no refusal."""
# Within those families, what names something to load or a place on a machine.
_OF_MACHINES: Final = re.compile(
    r"(?:_PATH|_DIR|_DIRECTORY|_FILE|_ROOT|_HOME|_BINARY|_DRIVER|_LIB|_LIBRARY|_LIBRARIES|_PLUGINS?|_TOOL|_TOOLS|_BIN"
    r"|_COMPILER|_CC|_CXX|_COMMAND|_ADDR|_ADDRESS|_HOSTS?|_IFNAME|_HCA|_BACKENDS?|_CONVERTER|_LINKER)(?=_|$)"
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.,:;=+*()\[\]{}% -]{0,300}")
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z][A-Za-z0-9_+-]*){0,2}(?:[+-]?\d{1,2})?")
_LIBRARY: Final = re.compile(r"\.(?:so|dylib|dll)\b")
_PYTHON_PATH: Final = "PYTHONPATH"


class Variables(NamedTuple):
    """What becomes of a record's variables."""

    values: Mapping[str, str]
    """What is set, by name."""
    python_path: tuple[bytes, ...]
    """Directories of the repository that Python is to look into, as the system names them."""
    refused: tuple[str, ...]
    """What is not set and why, harmless to show."""


def sorted_out(recorded: Mapping[str, str]) -> Variables:
    """Sort a record's `environment.variables` into what is set and what is refused."""
    values: dict[str, str] = {}
    refused: list[str] = []
    python_path: tuple[bytes, ...] = ()
    for name, value in sorted(recorded.items()):
        if name in OF_ENVIRONMENTS:
            continue
        if name == _PYTHON_PATH:
            python_path, why = _python_path(value)
        else:
            why = why_not(name, value)
            if not why:
                values[name] = value
        if why:
            refused.append(f"{single_line(name, 60)}={single_line(value, 80)} {why}")
    return Variables(values, python_path, tuple(refused))


def why_not(name: str, value: str) -> str:
    """Say why a recorded variable is not set; `""` when it may be."""
    if name == "TZ":
        return "" if _ZONE.fullmatch(value) else "is no time zone's name"
    if not is_numerical(name):
        return "is left as it is here: it does not belong to what changes numbers"
    if not _PLAIN.fullmatch(value) or _LIBRARY.search(value):
        return "may name a file or hold what is no plain value"
    return ""


def is_numerical(name: str) -> bool:
    """Tell whether a variable is one of those that a reproduction has as they were: set, or not set."""
    if name in _NAMES:
        return True
    return name.startswith(_FAMILIES) and not _OF_MACHINES.search(name)


def _python_path(value: str) -> tuple[tuple[bytes, ...], str]:
    """Return the directories of the repository on a PYTHONPATH, or why it is refused as a whole."""
    found = []
    for entry in value.split(os.pathsep):
        if not entry:
            continue
        if unsafe_path(entry) or entry.startswith("~"):
            return (), "leads out of the repository"
        found.append(unquote(entry))
    return tuple(found), ""
