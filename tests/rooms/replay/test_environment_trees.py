import os
from pathlib import Path

import pytest

from gitprov.replay.environment.trees import Plain, plain

STATED = '[project]\nname = "my-pkg"\n'


def tree(top: Path, *packages: str, **files: str) -> str:
    """Return a source tree of files, by their names with `_` for the dot."""
    for name, content in files.items():
        (top / name.replace("__", ".")).write_text(content)
    for package in packages:
        (top / package).mkdir(parents=True)
        (top / package / "__init__.py").write_text("")
    return str(top)


@pytest.mark.parametrize(
    ("package", "project", "below"),
    [
        ("src/my_pkg", STATED, "src"),
        ("my_pkg", STATED + '[build-system]\nbuild-backend = "hatchling.build"\n', ""),
        ("lib/my_pkg", STATED + '[tool.setuptools.package-dir]\n"" = "lib"\n', "lib"),
    ],
)
def test_a_package_where_its_name_says_needs_no_building(
    tmp_path: Path, package: str, project: str, below: str
) -> None:
    top = tree(tmp_path, package, pyproject__toml=project)
    assert plain(top, "my-pkg") == Plain(os.path.normpath(os.path.join(top, below)), {})


@pytest.mark.parametrize(
    "project",
    [
        STATED + '[build-system]\nbuild-backend = "maturin"\n',
        STATED + '[build-system]\nbuild-backend = "mesonpy"\n',
        STATED + '[[tool.setuptools.ext-modules]]\nname = "x"\n',
        STATED + "[tool.hatch.build.hooks.custom]\n",
        STATED + '[project.scripts]\n"../evil" = "a:b"\n',
        STATED + '[project.scripts]\nevil = "a:b();import os"\n',
        STATED + '[project.entry-points."a]\\n[b"]\nx = "y"\n',
        "not toml [",
    ],
)
def test_what_needs_more_than_its_files_has_to_be_built(tmp_path: Path, project: str) -> None:
    assert plain(tree(tmp_path, "my_pkg", pyproject__toml=project), "my-pkg") is None


def test_a_build_script_that_makes_extensions_has_to_be_run(tmp_path: Path) -> None:
    script = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('x', ['x.c'])])\n"
    assert plain(tree(tmp_path, "my_pkg", setup__py=script), "my-pkg") is None


def test_a_simple_build_script_need_not_be_run(tmp_path: Path) -> None:
    script = "from setuptools import setup\nsetup(name='my-pkg', packages=['my_pkg'])\n"
    assert plain(tree(tmp_path, "my_pkg", setup__py=script), "my-pkg") == Plain(str(tmp_path), {})


def test_a_directory_without_a_project_or_of_another_name_is_none(tmp_path: Path) -> None:
    assert plain(tree(tmp_path, "my_pkg"), "my-pkg") is None
    assert plain(tree(tmp_path, pyproject__toml=STATED), "other") is None


def test_commands_and_other_entry_points_are_known(tmp_path: Path) -> None:
    project = STATED + '[project.scripts]\nmine = "my_pkg:main"\n[project.entry-points."a.b"]\nx = "my_pkg.x"\n'
    found = plain(tree(tmp_path, "my_pkg", pyproject__toml=project), "my-pkg")

    assert found is not None
    assert found.points == {"console_scripts": {"mine": "my_pkg:main"}, "a.b": {"x": "my_pkg.x"}}
