"""Which code may have used Python's `random`: much that does so has no bearing on results."""

import sys

from ..facts import dict_of
from .callers import is_library, is_package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Dict

_HARMLESS = frozenset(
    (
        *("IPython", "aiohttp", "boto3", "botocore", "comm", "dask", "debugpy", "distributed", "docutils", "filelock"),
        *("flask", "fsspec", "gcsfs", "google", "grpc", "httpx", "huggingface_hub", "hydra", "ipykernel", "jax"),
        *("jinja2", "joblib", "jupyter_client", "jupyter_core", "matplotlib", "mlflow", "nbclient", "nbconvert"),
        *("numpy", "omegaconf", "pandas", "pip", "pkg_resources", "prompt_toolkit", "psutil", "pytest", "ray"),
        *("requests", "rich", "s3fs", "scipy", "sentry_sdk", "setuptools", "sklearn", "tenacity", "tensorboard"),
        *("tensorflow", "torch", "tornado", "tqdm", "traitlets", "typer", "urllib3", "wandb", "werkzeug", "zmq"),
    )
)
"""Packages that use it for waiting times, names and tests alone."""
_NAMES = ("random", "randint", "randrange", "choice", "choices", "shuffle", "sample", "uniform", "gauss", "getrandbits")


def may_bear_on_results(random: "ModuleType") -> bool:
    """Tell whether code that has `random`, or a function of it, at hand might use it for results.

    Where nobody seems to have it, somebody has: a function that imports it for itself.
    """
    wanted = [random, *(random.__dict__[name] for name in _NAMES if name in random.__dict__)]
    kinds = {type(thing) for thing in wanted}  # not by `id`, each call of which is an audit event
    is_harmless = False
    for name, module in list(sys.modules.items()):
        names = dict_of(module)
        if _is_standard(name, names):
            continue
        alike = [thing for thing in list(names.values()) if type(thing) in kinds]
        if not any(thing is one for thing in alike for one in wanted):
            continue
        if name.partition(".")[0] not in _HARMLESS:
            return True
        is_harmless = True
    return not is_harmless


def _is_standard(name: str, names: "Dict[str, Any]") -> bool:
    file = str(names.get("__file__") or "")
    if not file:  # the program's own script has none any more when it ends
        return name != "__main__"
    return is_library(file) and not is_package(file)
