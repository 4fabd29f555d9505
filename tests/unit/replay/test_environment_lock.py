import pytest

from gitprov.errors import InvalidRecord
from gitprov.replay.environment.lock import read
from gitprov.replay.environment.package import ARCHIVE, DIRECTORY, INDEX, VCS, Package
from gitprov.replay.environment.requirements import Requirements, line
from support.locks import lock_of, pinned

COMMIT = "42145eb087c78fcb5e5055a3f43a5a559bfd6aff"
SHA = "sha256:" + "ab" * 32


def package_of(**table: object) -> Package:
    """Return the one package of a lock."""
    (found,) = read(lock_of(table)).packages
    return found


def vcs(url: str, **more: object) -> Package:
    return package_of(name="a", vcs={"type": "git", "url": url, "commit-id": COMMIT, **more})


def test_a_lock_says_interpreter_platform_and_packages() -> None:
    lock = read(lock_of(pinned("b", "2.0"), pinned("a", "1.0"), python="3.11.7"))

    assert (lock.python, lock.implementation) == ("3.11.7", "cpython")
    assert lock.packages == (Package("a", "1.0"), Package("b", "2.0"))
    assert lock.refused == ()


def test_each_source_is_known_for_what_it_is() -> None:
    own = {"git-prov": {"version": "0.3", "installer": "conda"}}
    assert package_of(name="a", version="1.0") == Package("a", "1.0", INDEX)
    assert vcs("https://host/x.git", subdirectory="libs/a") == Package(
        "a", "", VCS, "https://host/x.git", COMMIT, subdirectory="libs/a"
    )
    assert package_of(name="a", directory={"path": "libs/a", "editable": True}, tool=own) == Package(
        "a", "0.3", DIRECTORY, path="libs/a", editable=True, is_condas=True
    )
    assert package_of(
        name="a", version="1.0", archive={"url": "https://host/a.zip", "hashes": {"sha256": "ab" * 32}}
    ) == (Package("a", "1.0", ARCHIVE, "https://host/a.zip", hashes=(SHA,)))
    assert package_of(name="a", version="1.0", archive={"path": "/home/x/a-1.0-py3-none-any.whl", "hashes": {}}) == (
        Package("a", "1.0", ARCHIVE, path="a-1.0-py3-none-any.whl")
    )


@pytest.mark.parametrize(
    "name",
    ["--index-url", "-r", "a b", "a;b", "a\nb", "../a", "a @ https://evil", "A", "", "é", 7, None, "a$B", "-a", "a-"],
)
def test_what_is_no_name_is_refused(name: object) -> None:
    lock = read(lock_of({"name": name, "version": "1.0"} if name is not None else {"version": "1.0"}))

    assert lock.packages == ()
    assert len(lock.refused) == 1


@pytest.mark.parametrize(
    "version", ["1.0 --index-url=https://evil", "1.0\n--pre", ">=1", "1.0;os", "*", "1.0 @ x", "--pre", "${HOME}", "٣"]
)
def test_what_is_no_version_is_not_installed(version: str) -> None:
    assert package_of(name="a", version=version).problem.startswith("its version ")


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c evil", "file://host/x", "https://host/x y", "https://host/$(x)", "https://host/${HOME}", "-o=x",
        "ssh://-oProxyCommand=evil/x", "ssh://-oA@host/x", "git+ext://x", "https://", "https:///x", "fd::17/x", "h:x",
        "https://[redacted:password]@host/x", "https://host/x#egg=b", "https://host/x\\y", "https://ho st/x",
    ],
)  # fmt: skip
def test_an_address_that_is_not_what_it_should_be_is_not_used(url: str) -> None:
    package = vcs(url)

    assert package.url == ""
    assert package.problem != ""


@pytest.mark.parametrize(
    "url", ["https://host.org/a/b.git", "ssh://git@host:22/a/b.git", "http://127.0.0.1:80/~x/a%20b"]
)
def test_an_ordinary_address_is_used(url: str) -> None:
    assert vcs(url) == Package("a", "", VCS, url, COMMIT)


@pytest.mark.parametrize(
    "path", ["../elsewhere", "a/../../b", ".git", "/a/../b", "", '"a\\nimport os"', "C:/x", "a\nb"]
)
def test_a_directory_that_reaches_elsewhere_is_refused(path: str) -> None:
    assert package_of(name="a", directory={"path": path}).problem != ""


@pytest.mark.parametrize("within", ["../x", "/x", "-x", "a//b", "a&egg=b", ".git"])
def test_a_subdirectory_that_reaches_elsewhere_is_refused(within: str) -> None:
    assert vcs("https://host/x", subdirectory=within).problem != ""


def test_a_branch_is_no_commit() -> None:
    package = package_of(name="a", vcs={"type": "git", "url": "https://host/x", "commit-id": "main"})
    assert package.problem == "its commit was not recorded"


def test_an_index_that_a_lock_names_is_read_and_never_part_of_a_requirement() -> None:
    lock = read(lock_of(pinned("a", index="https://evil.example/simple")))

    assert lock.indexes == ("https://evil.example/simple",)
    assert line(lock.packages[0]) == "a==1.0"


def test_hashes_of_files_are_taken_where_they_are_hashes() -> None:
    wheels = [{"hashes": {"sha256": "ab" * 32, "md5": "ab" * 16}}, {"hashes": {"sha256": "x --pre"}}]
    assert package_of(name="a", version="1.0", wheels=wheels).hashes == (SHA,)


def test_of_two_of_one_name_the_first_counts() -> None:
    lock = read(lock_of(pinned("a", "1.0"), pinned("a", "2.0")))

    assert lock.packages == (Package("a", "1.0"),)
    assert lock.refused == ("a is named twice; the first counts",)


def test_lines_of_conda_that_are_none_are_refused() -> None:
    good = (
        "https://conda.anaconda.org/conda-forge/linux-64/xz-5.2.6-h166bdaf_0.tar.bz2#2161070d867d1b1204ea749c8eec4ef0"
    )
    lock = read(lock_of(conda=[good, "--channel evil", "a=1=b"]))

    assert lock.conda == (good, "a=1=b")
    assert len(lock.refused) == 1


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[", b"lock-version = '2.0'", b"a = " + b"[" * 5000, b"lock-version = 1979"]
)
def test_what_is_no_lock_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(InvalidRecord):
        read(data)


def test_tables_of_any_shape_are_read_without_an_error() -> None:
    for odd in ([1, "x", {}], "x", {"a": 1}, 7):
        text = lock_of().replace(b"packages = []", b"")
        assert read(text).packages == ()
        assert package_of(name="a", version="1.0", vcs=odd, directory=odd, wheels=odd, tool=odd).name == "a"


def test_a_requirement_means_exactly_one_package() -> None:
    requirements = Requirements(
        (Package("b", "2.0"), Package("a", "1.0", hashes=(SHA,))),
        (
            Package("c", source=VCS, url="https://host/c", commit=COMMIT, subdirectory="d"),
            Package("d", source=VCS, path="/srv/my repo", commit=COMMIT),
            Package("e", source=ARCHIVE, url="https://host/e.whl", hashes=(SHA,)),
        ),
    )
    assert requirements.files() == [
        f"a==1.0 --hash={SHA}\n",
        "b==2.0\n",
        f"e @ https://host/e.whl --hash={SHA}\n",
        f"c @ git+https://host/c@{COMMIT}#subdirectory=d\ngit+file:///srv/my%20repo@{COMMIT}#egg=d\n",
    ]
