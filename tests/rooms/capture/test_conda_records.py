"""What conda and pixi keep of what they installed, in the shape that they write it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture.environment.conda import Package, kind, list_packages
from gitprov.capture.environment.interpreter import conda_prefix

URL = "https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py311_0.conda"
MD5, SHA = "a" * 32, "b" * 64


def install(prefix: Path, stem: str = "numpy-1.26.4-py311_0", **record: object) -> None:
    (prefix / "conda-meta").mkdir(parents=True, exist_ok=True)
    (prefix / f"conda-meta/{stem}.json").write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("record", "spec"),
    [
        ({"url": URL, "md5": MD5, "sha256": SHA}, f"{URL}#{MD5}"),
        ({"url": URL, "sha256": SHA}, f"{URL}#sha256:{SHA}"),
        ({"url": URL, "md5": None}, URL),
        ({"url": URL.replace("https://", "https://ana:pw@"), "md5": MD5}, f"{URL}#{MD5}"),
        ({"url": URL.replace(".org/", ".org/t/an-123-456/"), "md5": MD5}, f"{URL}#{MD5}"),
        ({}, "numpy=1.26.4=py311_0"),
        ({"url": 3}, "numpy=1.26.4=py311_0"),
    ],
)
def test_a_package_is_a_line_that_conda_installs_again(tmp_path: Path, record: dict[str, Any], spec: str) -> None:
    install(tmp_path, **record)
    assert list_packages(str(tmp_path)) == [Package(spec, "numpy", "1.26.4", [])]


def test_the_folders_by_which_python_knows_a_package_are_kept(tmp_path: Path) -> None:
    files = ["lib/python3.11/site-packages/numpy/a.py", *(
        f"lib/python3.11/site-packages/numpy-1.26.4.dist-info/{name}" for name in ("METADATA", "RECORD")
    )]  # fmt: skip
    install(tmp_path, url=URL, files=[*files, 3])
    assert list_packages(str(tmp_path))[0].folders == ["numpy-1.26.4.dist-info"]


def test_names_with_hyphens_are_read_from_behind(tmp_path: Path) -> None:
    install(tmp_path, "cuda-nvcc-12.1.105-0")
    assert list_packages(str(tmp_path)) == [Package("cuda-nvcc=12.1.105=0", "cuda-nvcc", "12.1.105", [])]


def test_what_is_no_record_is_passed_over(tmp_path: Path) -> None:
    install(tmp_path, "odd")
    (tmp_path / "conda-meta/history").write_text("")
    (tmp_path / "conda-meta/bad-1.0-0.json").write_text("{")
    assert list_packages(str(tmp_path)) == [Package("bad=1.0=0", "bad", "1.0", [])]
    assert list_packages(str(tmp_path / "gone")) == []


def test_pixi_is_told_from_conda(tmp_path: Path) -> None:
    assert kind(str(tmp_path)) == ""
    install(tmp_path)
    assert kind(str(tmp_path)) == "conda"
    (tmp_path / "conda-meta/pixi").write_text("{}")
    assert kind(str(tmp_path)) == "pixi"


@pytest.mark.parametrize(
    ("place", "argv", "environ"),
    [
        ("env", ["env/bin/Rscript", "x.R"], {}),
        (".pixi/envs/default", ["pixi", "run", "Rscript", "x.R"], {}),
        (".pixi/envs/r", ["pixi", "run", "-e", "r", "Rscript", "x.R"], {}),
        ("env", ["conda", "run", "-p", "env", "Rscript"], {}),
        ("env", ["make"], {"CONDA_PREFIX": "env"}),
    ],
)
def test_the_environment_of_a_program_that_is_not_pythons_is_found(
    tmp_path: Path, place: str, argv: list[str], environ: dict[str, str]
) -> None:
    (tmp_path / place / "bin").mkdir(parents=True)
    (tmp_path / place / "bin/Rscript").write_text("")
    (tmp_path / place / "bin/Rscript").chmod(0o755)
    variables = {"PATH": "/nowhere", **{name: str(tmp_path / value) for name, value in environ.items()}}
    assert conda_prefix(argv, variables, str(tmp_path)) == ""
    install(tmp_path / place)
    assert conda_prefix(argv, variables, str(tmp_path)) == str(tmp_path / place)
