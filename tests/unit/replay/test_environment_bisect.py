import pytest

from gitprov.errors import ProvError
from gitprov.model.environments import Change
from gitprov.replay.environment.bisect import bisect, mixed
from gitprov.replay.environment.difference import both, differences, versions
from gitprov.replay.environment.lock import Lock
from gitprov.replay.environment.package import ARCHIVE, DIRECTORY, VCS, Package


def lock(python: str = "3.11.7", /, **packages: str) -> Lock:
    return Lock(python, packages=tuple(Package(name, version) for name, version in sorted(packages.items())))


BEFORE = lock(**{f"p{n}": "1.0" for n in range(10)}, gone="1.0")
AFTER = lock(**{f"p{n}": "2.0" for n in range(10)}, new="1.0")


def test_differences_name_the_interpreter_first_then_packages() -> None:
    assert differences(lock("3.11.7", a="1.0", b="1.0", same="1"), lock("3.12.1", b="2.0", c="1.0", same="1")) == [
        Change("python", "3.11.7", "3.12.1"),
        Change("a", "1.0", ""),
        Change("b", "1.0", "2.0"),
        Change("c", "", "1.0"),
    ]


def test_the_same_version_from_another_commit_differs() -> None:
    one, other = (Lock(packages=(Package("a", "1.0", VCS, commit=digit * 40),)) for digit in "ab")

    assert differences(one, other) == [Change("a", "1.0 (git aaaaaaaaaa)", "1.0 (git bbbbbbbbbb)")]
    assert versions(Lock(packages=(Package("a", "1.0", DIRECTORY, path=".", editable=True),))) == {
        "a": "1.0 (editable, .)"
    }


def test_what_was_installed_in_the_place_of_another_is_no_difference() -> None:
    sha = ("sha256:" + "a" * 64,)
    before = Lock(packages=(Package("a", "1", ARCHIVE, hashes=sha), Package("b", "1", DIRECTORY, path="/home/ana/b")))
    after = Lock(packages=(Package("a", "1"), Package("b", "1", VCS, commit="c" * 40)))
    assert len(set(map(str, both(before, after)))) == 1
    other = Lock(packages=(Package("a", "2"), Package("b", "2", VCS, commit="c" * 40)))
    assert both(before, other)[1] == versions(other)
    release = Lock(packages=(Package("b", "1"),))
    assert both(after, release)[1] == {"b": "1"}, "a release for a commit is another one"


def test_what_only_conda_has_differs_by_its_build() -> None:
    address = "https://host/linux-64/libblas-3.9.0-{}_openblas.conda#2161070d867d1b1204ea749c8eec4ef0"
    one, other = (Lock(conda=(address.format(number),)) for number in (20, 21))

    assert differences(one, other) == [Change("conda: libblas", "3.9.0=20_openblas", "3.9.0=21_openblas")]


@pytest.mark.parametrize("name", [change.name for change in differences(BEFORE, AFTER)])
def test_the_one_change_that_turns_it_is_found(name: str) -> None:
    after = versions(AFTER).get(name)

    found = bisect(BEFORE, AFTER, lambda lock: versions(lock).get(name) != after)

    assert [change.name for change in found.changes] == [name]
    assert found.alone is True
    assert found.tried <= 8


def test_a_change_that_needs_another_is_not_alone() -> None:
    def judge(tried: Lock) -> bool:
        have = versions(tried)
        return not (have.get("p2") == "2.0" and have.get("p7") == "2.0")

    found = bisect(BEFORE, AFTER, judge)

    assert [change.name for change in found.changes] == ["p7"]
    assert found.alone is False


def test_what_cannot_be_tried_apart_is_found_together() -> None:
    def judge(tried: Lock) -> bool | None:
        have = versions(tried)
        return None if have["p4"] != have["p5"] else have["p5"] == "1.0"

    found = bisect(BEFORE, AFTER, judge)

    assert [change.name for change in found.changes] == ["p4", "p5"]
    assert found.alone is True


@pytest.mark.parametrize(
    ("outcome", "words", "status"),
    [
        (True, "packages of the second environment it comes out as recorded", 1),
        (False, "first environment it does not come out as recorded", 1),
        (None, "first environment it cannot be told", 128),
    ],
)
def test_what_does_not_turn_is_said(outcome: bool | None, words: str, status: int) -> None:
    with pytest.raises(ProvError, match=words) as raised:
        bisect(BEFORE, AFTER, lambda _: outcome)
    assert raised.value.status == status


def test_a_second_environment_that_cannot_be_tried_is_said() -> None:
    with pytest.raises(ProvError, match="packages of the second environment it cannot be told"):
        bisect(BEFORE, AFTER, lambda lock: True if versions(lock) == versions(BEFORE) else None)


def test_environments_that_differ_in_the_interpreter_alone_have_nothing_to_bisect() -> None:
    with pytest.raises(ProvError, match="the same packages"):
        bisect(lock("3.11.7", a="1"), lock("3.12.1", a="1"), lambda _: True)


def test_an_environment_in_between_has_the_changes_and_nothing_else() -> None:
    changes = (Change("gone", "1.0", ""), Change("new", "", "1.0"), Change("p3", "1.0", "2.0"))
    expected = {**versions(BEFORE), "new": "1.0", "p3": "2.0"}
    del expected["gone"]

    assert versions(mixed(BEFORE, AFTER, changes)) == expected
