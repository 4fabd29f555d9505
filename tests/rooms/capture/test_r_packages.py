"""R, its version and packages: with libraries as R lays them out, and with the real R where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gitprov.capture.environment.rlang import r_packages, r_version

R = shutil.which("Rscript")


def package(library: Path, name: str, **fields: str) -> str:
    """Install a package; return the file that R reads when it loads it."""
    (library / name / "Meta").mkdir(parents=True)
    told = {"Package": name, "Version": "1.2.3", **fields}
    description = "".join(f"{field}: {value}\n" for field, value in told.items())
    (library / name / "DESCRIPTION").write_text(description + "Description: long\n    text: more\n")
    return str(library / name / "Meta/package.rds")


def test_packages_that_were_loaded_are_named_with_their_versions(tmp_path: Path) -> None:
    loaded = package(tmp_path, "ggplot2", Repository="CRAN")
    package(tmp_path, "dplyr")
    paths = [loaded, str(tmp_path / "dplyr/DESCRIPTION"), loaded, "/etc/passwd"]
    assert r_packages(paths) == [{"name": "ggplot2", "version": "1.2.3", "repository": "CRAN"}]


def test_a_package_from_source_code_names_its_commit(tmp_path: Path) -> None:
    remote = {"RemoteType": "github", "RemoteUsername": "ana", "RemoteRepo": "x", "RemoteSha": "c" * 40}
    (found,) = r_packages([package(tmp_path, "x", **remote)])
    assert found == {"name": "x", "version": "1.2.3", "user": "ana", "repo": "x", "commit": "c" * 40}


def test_what_belongs_to_r_itself_and_what_is_gone_is_left_out(tmp_path: Path) -> None:
    assert r_packages([package(tmp_path, "stats", Priority="base"), "/gone/x/Meta/package.rds"]) == []


def test_the_version_of_r_is_that_of_its_base_package(tmp_path: Path) -> None:
    package(tmp_path / "library", "base", Version="4.3.1", Priority="base")
    assert r_version([str(tmp_path / "library/base/R/base.rdb")], "make", {}, "/") == "4.3.1"


def test_without_its_files_the_start_script_says_where_r_is(tmp_path: Path) -> None:
    package(tmp_path / "home/library", "base", Version="4.3.1", Priority="base")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/R").write_text(f'#!/bin/sh\nR_HOME_DIR="{tmp_path}/home"\n')
    (tmp_path / "bin/Rscript").write_text("")
    (tmp_path / "bin/Rscript").chmod(0o755)
    environ = {"PATH": str(tmp_path / "bin")}
    assert r_version([], "Rscript", environ, "/") == "4.3.1"
    assert r_version([], "python", environ, "/") == ""
    assert r_version([], "Rscript", {"PATH": "/nowhere"}, "/") == ""


@pytest.mark.skipif(not R, reason="no R here")
def test_the_real_r_is_found_without_asking_it() -> None:
    asked = subprocess.run(
        ["Rscript", "-e", "cat(as.character(getRversion()))"], capture_output=True, text=True, check=True
    )
    assert r_version([], "Rscript", os.environ, "/") == asked.stdout
