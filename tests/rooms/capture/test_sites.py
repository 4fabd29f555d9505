import json
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture.environment.sites import Distribution, list_distributions


def install(site: Path, name: str, **direct_url: object) -> None:
    (site / name).mkdir()
    if direct_url:
        (site / name / "direct_url.json").write_text(json.dumps(direct_url))


@pytest.mark.parametrize(
    ("folder", "name", "version"),
    [
        ("numpy-1.26.4.dist-info", "numpy", "1.26.4"),
        ("ruamel.yaml-0.18.6.dist-info", "ruamel-yaml", "0.18.6"),
        ("Markdown_It__Py-4.3.0.dist-info", "markdown-it-py", "4.3.0"),
        ("torch-2.1.0+cu118.dist-info", "torch", "2.1.0+cu118"),
        ("my-pkg-1.0.dist-info", "my-pkg", "1.0"),
        ("pkg-1!2.0rc1.post3.dev4.dist-info", "pkg", "1!2.0rc1.post3.dev4"),
        ("six-1.16.0.egg-info", "six", "1.16.0"),
        ("six-1.16.0-py3.11.egg-info", "six", "1.16.0"),
        ("PyYAML-6.0-py3.11-linux-x86_64.egg", "pyyaml", "6.0"),
    ],
)
def test_names_and_versions_are_read_from_the_names_of_folders(
    tmp_path: Path, folder: str, name: str, version: str
) -> None:
    install(tmp_path, folder)
    assert list_distributions(str(tmp_path)) == [Distribution(name, version, {}, folder)]


def test_what_is_no_distribution_is_passed_over(tmp_path: Path) -> None:
    for folder in ("~ip-23.0.dist-info", "numpy", "x.dist-info", "__pycache__", ".dist-info", "-1.0.dist-info"):
        install(tmp_path, folder)
    assert list_distributions(str(tmp_path)) == []
    assert list_distributions(str(tmp_path / "gone")) == []


@pytest.mark.parametrize(
    ("direct_url", "source"),
    [
        (
            {
                "url": "https://ana:pw@host/p.git",
                "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "c0ffee"},
                "subdirectory": "python",
            },
            {
                "vcs": {
                    "type": "git",
                    "url": "https://host/p.git",
                    "requested-revision": "main",
                    "commit-id": "c0ffee",
                    "subdirectory": "python",
                }
            },
        ),
        (
            {"url": "file:///home/ana/my%20lib", "dir_info": {"editable": True}},
            {"directory": {"path": "/home/ana/my lib", "editable": True}},
        ),
        ({"url": "file:///src/lib", "dir_info": {}}, {"directory": {"path": "/src/lib"}}),
        (
            {"url": "https://host/p-1.0.whl", "archive_info": {"hash": "sha256=abc", "hashes": {"sha256": "abc"}}},
            {"archive": {"url": "https://host/p-1.0.whl", "hashes": {"sha256": "abc"}}},
        ),
        (
            {"url": "file:///tmp/dist/p-1.0.whl", "archive_info": {"hash": "sha256=abc"}},
            {"archive": {"path": "p-1.0.whl", "hashes": {"sha256": "abc"}}},
        ),
        ({"url": "https://ana:pw@host/p-1.0.whl", "archive_info": {}}, {"url": "https://host/p-1.0.whl"}),
        ({"url": "file:///home/ana/p-1.0.whl", "archive_info": {}}, {"url": "p-1.0.whl"}),
        ({"url": "https://host/p", "vcs_info": {"vcs": "git"}}, {}),
        ({"nonsense": 1}, {}),
    ],
)
def test_where_a_distribution_came_from_is_read_from_its_direct_url(
    tmp_path: Path, direct_url: dict[str, Any], source: dict[str, Any]
) -> None:
    install(tmp_path, "p-1.0.dist-info", **direct_url)
    assert list_distributions(str(tmp_path)) == [Distribution("p", "1.0", source, "p-1.0.dist-info")]


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null"])
def test_a_damaged_direct_url_is_no_source(tmp_path: Path, text: str) -> None:
    install(tmp_path, "p-1.0.dist-info")
    (tmp_path / "p-1.0.dist-info/direct_url.json").write_text(text)
    assert list_distributions(str(tmp_path)) == [Distribution("p", "1.0", {}, "p-1.0.dist-info")]


def test_a_source_tree_that_is_worked_in_is_found_through_its_link(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "my_lib.egg-info").mkdir(parents=True)
    (tree / "my_lib.egg-info/PKG-INFO").write_text("Metadata-Version: 2.1\nName: my-lib\nVersion: 0.3\n")
    site = tmp_path / "site"
    site.mkdir()
    (site / "my-lib.egg-link").write_text(f"{tree}\n.")
    source = {"directory": {"path": str(tree), "editable": True}}
    assert list_distributions(str(site)) == [Distribution("my-lib", "0.3", source, "my-lib.egg-link")]
    assert list_distributions(str(tree)) == [Distribution("my-lib", "0.3", source, "my_lib.egg-info")]


def test_an_installed_distribution_may_keep_its_version_inside(tmp_path: Path) -> None:
    info = tmp_path / "dist-packages/cryptography.egg-info"
    info.mkdir(parents=True)
    (info / "PKG-INFO").write_text("Name: cryptography\nVersion: 38.0.4\n")
    assert list_distributions(str(info.parent)) == [Distribution("cryptography", "38.0.4", {}, "cryptography.egg-info")]
