"""What threadpoolctl is asked at the end of a run: about the libraries it may know, without resolving all others."""

from types import SimpleNamespace
from typing import Any

import pytest

from gitprov.observer.adapting.ending_threadpoolctl import collect

BLAS = "/env/numpy.libs/libscipy_openblas64_-99b71e71.so"
LIBRARIES = ["/lib/libc.so.6", BLAS, "/env/lib/libpython3.11.so"]


class Controller:
    """As threadpoolctl's own: it finds libraries when it is made, and tells of each."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self._load_libraries()

    def _load_libraries(self) -> None:
        self.paths = ["by resolving all links"]

    def _make_controller_from_path(self, path: str) -> None:
        self.paths.append(path)

    def info(self) -> list[dict[str, Any]]:
        """Return what is known of each library that was found."""
        return [_pool(path) for path in self.paths]


def _pool(path: str) -> dict[str, Any]:
    return {"internal_api": "openblas", "version": path, "user_api": "blas", "num_threads": 2}


def module(**names: object) -> SimpleNamespace:
    found = {"_ALL_PREFIXES": ("libscipy_openblas", "libgomp"), "ThreadpoolController": Controller, **names}
    return SimpleNamespace(**found, threadpool_info=lambda: Controller().info())


def test_only_libraries_with_the_names_it_knows_are_looked_at() -> None:
    assert collect(module(), LIBRARIES) == {"determinism": {"threads.openblas": 2}, "blas": [f"openblas {BLAS}"]}


@pytest.mark.parametrize(
    ("names", "libraries"),
    [
        pytest.param({}, [], id="a system that does not tell"),
        pytest.param({}, ["/lib/libc.so.6"], id="none of them"),
        pytest.param({"_ALL_PREFIXES": None}, LIBRARIES, id="another version"),
        pytest.param({"ThreadpoolController": None}, LIBRARIES, id="yet another"),
    ],
)
def test_elsewhere_it_is_asked_as_everybody_asks_it(names: dict[str, object], libraries: list[str]) -> None:
    assert collect(module(**names), libraries)["blas"] == ["openblas by resolving all links"]
