"""Differences of software and machine between two runs."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitprov.replay.compare.difference import Difference, listed, table, weighed
from gitprov.replay.variables import OF_ENVIRONMENTS

_NUMERICAL: Final = frozenset({
    "numpy", "scipy", "pandas", "scikit-learn", "torch", "torchvision", "torchaudio", "tensorflow", "tensorflow-cpu",
    "jax", "jaxlib", "flax", "optax", "keras", "xgboost", "lightgbm", "catboost", "statsmodels", "numba", "numexpr",
    "cupy", "polars", "pyarrow", "transformers", "accelerate", "diffusers", "pytorch-lightning", "lightning", "mkl",
    "intel-openmp", "openblas", "blis", "sympy", "mpmath", "networkx", "scikit-image", "opencv-python", "pymc",
    "cvxpy", "autograd", "onnxruntime", "triton", "bottleneck", "h5py", "patsy", "shapely", "astropy", "dask",
})  # fmt: skip
_NVIDIA: Final = "nvidia-"
_LIBRARIES: Final = ("blas", "cuda", "cudnn", "nccl", "libraries")
_SYSTEM: Final = ("platform", "libc")
_THREADS: Final = ("thread", "OMP_", "MKL_", "OPENBLAS_", "BLIS_", "NUMEXPR_", "GOTO_", "VECLIB_", "RAYON_", "POLARS_")


def packages(locks: tuple[Mapping[str, str], Mapping[str, str]], used: frozenset[str] | None) -> Iterator[Difference]:
    """Compare two sets of distributions by name; those that a run used weigh more, numerical ones most.

    `used` is `None` where it is not known what was used: then anything may have been.
    """
    before, after = locks
    if not before or not after:
        return
    for name in sorted({**before, **after}):
        mine, its = before.get(name), after.get(name)
        if mine == its:
            continue
        kind = "package"
        if used is None or name in used:
            kind = "numerical package" if name in _NUMERICAL or name.startswith(_NVIDIA) else "used package"
        yield weighed(kind, name, mine or "not installed", its or "not installed")


def environment(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare interpreter, libraries, system and variables."""
    python = (("python", "python"), ("build", "platform"), ("compiler", "platform")) if ran_python(before) else ()
    for name, kind in (("container", "container"), *python, *((one, "platform") for one in _SYSTEM)):
        if before.get(name) != after.get(name):
            yield weighed(kind, "" if kind == name else name, before.get(name), after.get(name))
    yield from _of_r(before, after)
    for name in _LIBRARIES:
        mine, its = _as_text(before.get(name)), _as_text(after.get(name))
        if mine != its and (mine or its):
            yield weighed("library", name, mine or None, its or None)
    one, other = table(before, "variables"), table(after, "variables")
    for name in {**one, **other}:
        if name not in OF_ENVIRONMENTS and one.get(name) != other.get(name):
            kind = "threads" if _is_about_threads(name) else "variable"
            yield weighed(kind, name, one.get(name, "not set"), other.get(name, "not set"))


def ran_python(environment: Mapping[str, Any]) -> bool:
    """Tell whether a run used Python, as far as is known: else what is recorded of it has no bearing on a result."""
    return environment.get("python_ran") is not False


def _of_r(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare R and its packages, where both runs used it."""
    mine, its = before.get("r"), after.get("r")
    if mine and its and mine != its:
        yield weighed("used package", "R", mine, its)
    one, other = _versions(before.get("r_packages")), _versions(after.get("r_packages"))
    for name in sorted(one.keys() & other.keys()):
        if one[name] != other[name]:
            yield weighed("used package", f"{name} of R", one[name], other[name])


def determinism(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare flags and numbers of threads that programs told of; what only one told of is no difference."""
    for name in before.keys() & after.keys():
        if before[name] != after[name]:
            yield weighed("threads" if _is_about_threads(name) else "determinism", name, before[name], after[name])


def machine(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare processors, their instruction sets, GPUs, and what there is of cores and memory."""
    if before.get("cpu") != after.get("cpu"):
        yield weighed("cpu", "", before.get("cpu"), after.get("cpu"))
    mine, its = set(listed(before.get("flags"))), set(listed(after.get("flags")))
    if mine != its:
        words = (" ".join(sorted(one - other)) or "none more" for one, other in ((mine, its), (its, mine)))
        yield weighed("cpu flags", "", *words)
    gpus, gpus_now = listed(before.get("gpus")), listed(after.get("gpus"))
    if gpus != gpus_now:
        yield weighed("gpu", "", ", ".join(gpus) or "none", ", ".join(gpus_now) or "none")
    for name in ("cores", "memory"):
        if before.get(name) != after.get(name):
            yield weighed(name, "", before.get(name), after.get(name))


def _versions(packages: object) -> dict[str, str]:
    """Return the version of each package that a record lists."""
    tables = [one for one in packages if isinstance(one, Mapping)] if isinstance(packages, list | tuple) else []
    return {str(one["name"]): str(one.get("version", "")) for one in tables if "name" in one}


def _is_about_threads(name: str) -> bool:
    return any(part in name for part in _THREADS) and "NUMBA_" not in name


def _as_text(value: object) -> str:
    return ", ".join(listed(value))
