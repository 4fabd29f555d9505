"""Which environment variables of a run are recorded: those that change results, by name; never the whole environment.

What is recorded passes the draft's redaction like everything else. PYTHONHASHSEED is not here: it is a seed.
"""

import os
from collections.abc import Mapping
from typing import Final

from gitprov.capture.pathnames import place
from gitprov.capture.secrets.sensitive import secret_kind
from gitprov.model.text import single_line

_LONGEST: Final = 1000  # characters of one value
_MOST: Final = 100

# Threads, numerical libraries, accelerators, frameworks: there the variables are many and new ones come every year.
_FAMILIES: Final = (
    "OMP_", "KMP_", "GOMP_", "MKL_", "BLIS_", "OPENBLAS_", "NUMEXPR_", "NUMBA_", "NPY_", "DNNL_", "ONEDNN_",
    "CUBLAS_", "CUBLASLT_", "CUDNN_", "NCCL_", "GLOO_", "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "ATEN_",
    "XLA_", "JAX_", "ACCELERATE_", "MIOPEN_", "ROCBLAS_", "LC_",
    # `TF_` alone would be Terraform's as well, which hands secrets over in them
    "TF_DETERMINISTIC", "TF_CUDNN_", "TF_ENABLE_", "TF_DISABLE_", "TF_XLA_", "TF_NUM_", "TF_FORCE_", "TF_GPU_",
    "TF_USE_",
)  # fmt: skip
_NAMES: Final = frozenset({
    "GOTO_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "UCX_TLS",
    "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_LAUNCH_BLOCKING", "CUDA_MODULE_LOADING",
    "CUDA_DEVICE_MAX_CONNECTIONS", "NVIDIA_TF32_OVERRIDE",
    "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HSA_OVERRIDE_GFX_VERSION",
    "KERAS_BACKEND", "TOKENIZERS_PARALLELISM", "TRANSFORMERS_OFFLINE", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE",
    "PYTHONOPTIMIZE", "PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONUTF8", "PYTHONDEVMODE", "PYTHONMALLOC",
    "PYTHONIOENCODING", "PYTHON_GIL", "MALLOC_PERTURB_",
    "JULIA_NUM_THREADS", "JULIA_CPU_TARGET", "R_DEFAULT_PACKAGES", "R_ENABLE_JIT",
    "LANG", "LANGUAGE", "TZ", "SOURCE_DATE_EPOCH", "CONDA_DEFAULT_ENV", "PIXI_ENVIRONMENT_NAME",
    "SLURM_JOB_NUM_NODES", "SLURM_NTASKS", "SLURM_NTASKS_PER_NODE", "SLURM_CPUS_PER_TASK", "SLURM_GPUS",
    "SLURM_GPUS_ON_NODE", "SLURM_MEM_PER_NODE",
})  # fmt: skip
_PATHS: Final = frozenset({
    "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_PRELOAD", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "CUDA_HOME", "CUDA_PATH", "R_HOME", "R_LIBS", "R_LIBS_USER",
    "R_LIBS_SITE", "JULIA_PROJECT", "JULIA_DEPOT_PATH", "JULIA_LOAD_PATH",
})  # fmt: skip
_OF_MACHINES: Final = ("_ADDRESS", "_ADDR", "_HOST", "_HOSTS", "_IFNAME")  # say where, not what


def variables(environ: Mapping[str, str], worktree: str) -> dict[str, str]:
    """Return the recorded variables by name, sorted, as a user's environment has them (see `without_ours`).

    Paths inside the repository are relative to it, and nobody's home is named.
    """
    home = environ.get("HOME", "")
    found: dict[str, str] = {}
    for name in sorted(name for name in environ if _is_recorded(name)):
        value = environ[name]
        shown = _places(value, worktree, home) if name in _PATHS else _without(value, worktree, home)
        if shown and len(found) < _MOST:
            found[name] = single_line(shown, _LONGEST)
    return found


def without_ours(environ: Mapping[str, str], ours: str) -> dict[str, str]:
    """Return the environment as the user has it: without `ours`, the directory that we put on PYTHONPATH."""
    entries = environ.get("PYTHONPATH", "").split(os.pathsep)
    if ours not in entries:
        return dict(environ)
    left = [entry for entry in entries if entry != ours]
    kept = {name: value for name, value in environ.items() if name != "PYTHONPATH"}
    return {**kept, "PYTHONPATH": os.pathsep.join(left)} if left else kept


def _is_recorded(name: str) -> bool:
    if name in _NAMES or name in _PATHS:
        return True
    return name.startswith(_FAMILIES) and not name.endswith(_OF_MACHINES) and not secret_kind(name)


def _places(value: str, worktree: str, home: str) -> str:
    return os.pathsep.join(place(entry, worktree, home) for entry in value.split(os.pathsep))


def _without(value: str, worktree: str, home: str) -> str:
    for root, shown in ((worktree, ""), (home, "~/")):
        if len(root) > 1:
            value = value.replace(root.rstrip("/") + "/", shown)
    return value
