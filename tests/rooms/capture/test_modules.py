"""Which distributions own touched files, from lists as installers write them."""

import os
from pathlib import Path

import pytest

from gitprov.capture.environment import modules
from gitprov.capture.environment.modules import owners, used


class Site:
    """A directory of installed packages."""

    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "site-packages"
        self.path.mkdir()
        self.cache = tmp_path / "cache"

    def install(self, folder: str, *paths: str, record: str = "RECORD") -> None:
        """Put a distribution there that lists these paths."""
        (self.path / folder).mkdir()
        lines = [f"{path},sha256=x,1" if record == "RECORD" else path for path in paths]
        (self.path / folder / record).write_text("\n".join(lines) + "\n")
        self.settle()

    def settle(self) -> None:
        """Let the last change be some time ago."""
        os.utime(self.path, (1_700_000_000, 1_700_000_000))

    def used(self, *paths: str) -> list[str]:
        """Return what is used of this directory alone."""
        return used([(str(self.path), path) for path in paths], [str(self.path)], {}, str(self.cache))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return an empty directory of installed packages."""
    return Site(tmp_path)


@pytest.mark.parametrize(
    "touched",
    ["yaml", "yaml/nodes.py", "yaml/__pycache__/nodes.cpython-311.pyc", "_yaml.cpython-311-x86_64-linux-gnu.so"],
)
def test_a_file_belongs_to_the_distribution_that_lists_it(site: Site, touched: str) -> None:
    site.install("PyYAML-6.0.dist-info", "yaml/__init__.py", "yaml/nodes.py", "_yaml.cpython-311-x86_64-linux-gnu.so")
    site.install("numpy-1.0.dist-info", "numpy/__init__.py", "../../bin/f2py")
    assert site.used(touched) == ["pyyaml"]


@pytest.mark.parametrize("touched", ["six.py", "six", "__pycache__/six.cpython-311.pyc"])
@pytest.mark.parametrize(("record", "listed"), [("RECORD", "six.py"), ("top_level.txt", "six")])
def test_a_module_of_one_file_is_known_by_any_of_its_names(site: Site, touched: str, record: str, listed: str) -> None:
    site.install("six-1.0.dist-info", listed, record=record)
    assert site.used(touched) == ["six"]


def test_below_a_shared_namespace_the_next_part_decides(site: Site) -> None:
    site.install("google_cloud_storage-2.0.dist-info", "google/cloud/storage/__init__.py")
    site.install("google_cloud_bigquery-3.0.dist-info", "google/cloud/bigquery/__init__.py")
    site.install("protobuf-4.0.dist-info", "google/protobuf/__init__.py")
    assert site.used("google/protobuf") == ["protobuf"]
    assert site.used("google/cloud/storage/blob.py") == ["google-cloud-storage"]
    assert site.used("google", "google/cloud", "google/unknown") == []


def test_a_file_that_two_distributions_list_says_nothing(site: Site) -> None:
    site.install("a-1.0.dist-info", "shared/__init__.py", "shared/a.py")
    site.install("b-1.0.dist-info", "shared/__init__.py", "shared/b.py")
    assert site.used("shared/__init__.py") == []
    assert site.used("shared/a.py", "shared/__init__.py") == ["a"]


def test_reading_about_a_distribution_is_no_use_of_it(site: Site) -> None:
    site.install("a-1.0.dist-info", "a/__init__.py", "a-1.0.dist-info/METADATA", "a.pth", "_distutils_hack/__init__.py")
    assert site.used("a-1.0.dist-info/METADATA", "a.pth", "_distutils_hack/__init__.py") == []


def test_files_listed_from_the_folder_itself_are_found(site: Site) -> None:
    site.install("old-1.0-py3.11.egg-info", "../old/__init__.py", "PKG-INFO", record="installed-files.txt")
    assert site.used("old/__init__.py") == ["old"]


def test_without_a_list_the_name_has_to_do_where_something_has_it(site: Site) -> None:
    (site.path / "some_thing").mkdir()
    (site.path / "some_thing-1.0.egg-info").write_text("Name: some-thing\n")
    (site.path / "other-1.0.egg-info").write_text("Name: other\n")
    assert site.used("some_thing/a.py", "other/a.py") == ["some-thing"]


def test_directories_that_are_not_of_this_environment_are_passed_over(site: Site, tmp_path: Path) -> None:
    site.install("a-1.0.dist-info", "a/__init__.py")
    link = tmp_path / "link"
    link.symlink_to(site.path)
    touched = [("/else", "a"), (str(link), "a"), (str(tmp_path / "lib"), "x.py")]
    trees = {"my-lib": str(tmp_path / "lib"), "mine": str(tmp_path / "mine")}
    assert used(touched, [str(site.path)], trees, str(site.cache)) == ["a", "my-lib"]


def test_the_lists_are_read_once_until_something_is_installed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("a-1.0.dist-info", "a/__init__.py")
    first = owners(str(site.path), str(site.cache))
    with monkeypatch.context() as patch:
        patch.setattr(modules, "list_distributions", lambda _: [])
        assert owners(str(site.path), str(site.cache)) == first == {"a": "a"}
    (site.path / "b-1.0.dist-info").mkdir()
    (site.path / "b-1.0.dist-info/RECORD").write_text("b.py,,\n")
    assert site.used("b.py") == ["b"]


@pytest.mark.parametrize("damage", ["", "[]", "{", "[1,2,3]", "null"])
def test_a_damaged_cache_of_lists_is_as_good_as_none(site: Site, damage: str) -> None:
    site.install("a-1.0.dist-info", "a/__init__.py")
    site.used("a")
    (cached,) = site.cache.iterdir()
    cached.write_text(damage)
    assert site.used("a") == ["a"]


def test_the_real_environment_of_these_tests_knows_its_own(tmp_path: Path) -> None:
    path = Path(pytest.__file__)
    site = str(path.parent.parent)
    assert used([(site, "pytest/__init__.py"), (site, "blake3")], [site], {}, str(tmp_path)) == ["blake3", "pytest"]
