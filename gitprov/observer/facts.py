"""What is said of an interpreter: which process it is when it begins, and which libraries it has used when it ends."""

import os
import sys
from time import monotonic_ns

from .jsontext import to_json
from .protocol import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Mapping

_LAUNCH = (
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT",
    "TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "TORCHELASTIC_MAX_RESTARTS",
    "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK",
    "SLURM_PROCID", "SLURM_NTASKS", "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT",
    "RAY_JOB_ID",
)  # fmt: skip
"""Variables in which launchers of many processes say which of them this is."""
_OPEN_BELOW_PYTHON = (
    "cv2", "duckdb", "fiona", "h5py", "lightgbm", "netCDF4", "osgeo", "polars", "pyarrow.csv", "pyarrow.dataset",
    "pyarrow.feather", "pyarrow.json", "pyarrow.orc", "pyarrow.parquet", "pyreadstat", "rasterio", "safetensors",
    "sentencepiece", "soundfile", "tables", "tensorflow", "tokenizers", "torchaudio", "torchvision.io", "xgboost",
)  # fmt: skip
_FLAGS = ("hash_randomization", "optimize", "dev_mode", "no_user_site", "safe_path")


def event(kind: bytes, fields: "Mapping[str, Any]") -> bytes:
    """Return an event of now whose payload is JSON."""
    return encode(kind, monotonic_ns() // 1000, to_json(fields))


def describe_process(depth: int) -> "Dict[str, Any]":
    """Return what identifies this process; `depth` is how many Python processes of the run stand above it."""
    return {
        "pid": os.getpid(),
        "ppid": os.getppid(),
        "argv": _argv(),
        "executable": sys.executable,
        "version": ".".join(map(str, sys.version_info[:3])),
        "implementation": sys.implementation.name,
        "prefixes": _prefixes(),
        "flags": {name: int(getattr(sys.flags, name)) for name in _FLAGS if hasattr(sys.flags, name)},
        "launch": {name: os.environ[name] for name in _LAUNCH if name in os.environ},
        "depth": depth,
    }


def list_readers() -> "List[str]":
    """Return the libraries in use that open files by themselves, below Python, where no audit hook sees it."""
    return [name for name in _OPEN_BELOW_PYTHON if name in sys.modules]


def runs_ourselves() -> bool:
    """Tell whether this process is `git prov`."""
    words = _argv()[1:3]
    return any(os.path.basename(word) == "git-prov" for word in words[:1]) or words == ["-m", "gitprov"]


def _argv() -> "List[str]":
    """Return the whole command line; `sys.argv` is not there yet when an interpreter begins."""
    whole = getattr(sys, "orig_argv", None)  # from 3.10 on
    if whole is not None:
        return list(whole)
    try:
        fd = os.open("/proc/self/cmdline", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return list(getattr(sys, "argv", ()))
    try:
        return [os.fsdecode(argument) for argument in os.read(fd, 1 << 17).split(b"\0")[:-1]]
    finally:
        os.close(fd)


def _prefixes() -> "List[str]":
    """Return the directories below which everything belongs to the environment, not to the program."""
    site = sys.modules.get("site")
    user = getattr(site, "USER_SITE", None) if getattr(site, "ENABLE_USER_SITE", False) else None
    every = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, os.path.dirname(os.__file__), user)
    return list(dict.fromkeys(prefix for prefix in every if prefix))


def dict_of(module: object) -> "Dict[str, Any]":
    """Return a module's names and values, without making a lazy module load."""
    try:
        found = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}
    return found if isinstance(found, dict) else {}
