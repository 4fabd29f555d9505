import tomllib
from collections.abc import Sequence
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.pylock import Pylock
from packaging.specifiers import SpecifierSet

from gitprov.capture.environment.conda import Package
from gitprov.capture.environment.pylock import render
from gitprov.capture.environment.sites import Distribution

FACTS = {"version": "3.11.7", "implementation": "cpython", "system": "linux", "machine": "x86_64"}
SHA = {"sha256": "0" * 64}
VCS = Distribution("a", "1.0", {"vcs": {"type": "git", "url": "https://h/a", "commit-id": "c" * 40}})
TREE = Distribution("b", "2.0", {"directory": {"path": "/repo/libs/b", "editable": True}})
ARCHIVE = Distribution("c", "3.0", {"archive": {"url": "https://h/c-3.0.whl", "hashes": SHA}})
INDEX = Distribution("d", "4.0+cu118", {}, "d-4.0.dist-info")


def lock(*distributions: Distribution, conda: Sequence[Package] = (), worktree: str = "") -> dict[str, Any]:
    return tomllib.loads(render(FACTS, distributions, conda, worktree).decode())


def test_a_lock_of_what_has_a_source_passes_the_reference_implementation() -> None:
    read = Pylock.from_dict(lock(VCS, TREE, ARCHIVE, worktree="/repo"))
    assert [package.name for package in read.packages] == ["a", "b", "c"]
    assert str(read.packages[2].version) == "3.0"


def test_what_came_from_an_index_has_name_and_version_only() -> None:
    assert lock(INDEX)["packages"] == [{"name": "d", "version": "4.0+cu118"}]


def test_the_lock_says_for_which_interpreters_it_holds() -> None:
    read = lock()
    assert read["lock-version"] == "1.0"
    assert read["created-by"] == "git-prov"
    assert "3.11.2" in SpecifierSet(read["requires-python"])
    assert "3.12.0" not in SpecifierSet(read["requires-python"])
    (marker,) = map(Marker, read["environments"])
    there = {"implementation_name": "cpython", "platform_machine": "x86_64", "sys_platform": "linux"}
    assert marker.evaluate(there)
    assert not marker.evaluate(there | {"platform_machine": "aarch64"})


def test_a_source_tree_has_no_version_as_the_specification_wants_it_but_what_was_seen_is_kept() -> None:
    (package,) = lock(VCS)["packages"]
    assert "version" not in package
    assert package["tool"] == {"git-prov": {"version": "1.0"}}


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/repo", "."), ("/repo/libs/b", "libs/b"), ("/repository/b", "/repository/b"), ("/else", "/else")],
)
def test_source_trees_inside_the_repository_are_named_from_its_root(path: str, seen: str) -> None:
    tree = Distribution("b", "", {"directory": {"path": path}})
    assert lock(tree, worktree="/repo")["packages"][0]["directory"]["path"] == seen
    assert lock(tree)["packages"][0]["directory"]["path"] == path


def test_a_version_that_is_none_by_the_rules_stands_where_installers_do_not_look() -> None:
    (package,) = lock(Distribution("d", "1.0-custom!build", {}))["packages"]
    assert package == {"name": "d", "tool": {"git-prov": {"version": "1.0-custom!build"}}}


def test_the_same_environment_gives_the_same_bytes_in_any_order() -> None:
    assert render(FACTS, [VCS, TREE, INDEX]) == render(FACTS, [INDEX, VCS, TREE])


def test_of_two_distributions_of_one_name_the_one_that_is_found_first_counts() -> None:
    assert lock(INDEX, Distribution("d", "1.0", {}))["packages"] == [{"name": "d", "version": "4.0+cu118"}]


def test_what_conda_installed_stands_under_our_own_table() -> None:
    spec = "https://conda.anaconda.org/c/linux-64/d-4.0-0.conda#" + "0" * 32
    read = lock(INDEX, VCS, conda=[Package(spec, "d", "4.0", ["d-4.0.dist-info"])])
    assert read["tool"]["git-prov"] == {"python": "3.11.7", "conda": [spec]}
    assert [package.get("tool", {}).get("git-prov", {}).get("installer") for package in read["packages"]] == [
        None,
        "conda",
    ]


def test_an_environment_without_python_is_condas_list_alone() -> None:
    spec = "https://conda.anaconda.org/c/linux-64/r-base-4.3.1-0.conda"
    read = tomllib.loads(render({}, [], [Package(spec, "r-base", "4.3.1", [])]).decode())
    assert Pylock.from_dict(read).packages == []
    assert read["tool"]["git-prov"] == {"conda": [spec]}
    assert "requires-python" not in read


def test_the_address_of_an_archive_without_a_hash_stands_where_installers_do_not_look() -> None:
    (package,) = lock(Distribution("e", "1.0", {"url": "https://h/e.whl"}))["packages"]
    assert package == {"name": "e", "version": "1.0", "tool": {"git-prov": {"url": "https://h/e.whl"}}}


def test_another_interpreter_version_is_another_environment() -> None:
    assert render(FACTS, [INDEX]) != render(FACTS | {"version": "3.11.8"}, [INDEX])
