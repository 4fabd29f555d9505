import os
from pathlib import Path
from typing import Any

from gitprov.artifacts.hashing import digest_bytes
from gitprov.replay.compare.outcome import DIFFERS, EXTRA, MISSING, NOISE, NOT_COMPARABLE, SAME, WITHIN
from gitprov.replay.compare.outputs import OutputOutcome, Side, compare_outputs
from gitprov.replay.compare.places import REPOSITORY
from gitprov.replay.tolerance import Tolerances, from_flags


class Tree:
    """A run's outputs as files of a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entries: list[dict[str, Any]] = []
        self.listings: dict[str, dict[str, str]] = {}

    def write(self, path: str, content: str) -> str:
        """Write a file and return its digest."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return digest_bytes(content.encode())

    def output(self, path: str, content: str) -> None:
        """Write a file that is an output."""
        self.entries.append({"path": path, "digest": self.write(path, content), "files": 1})

    def directory(self, path: str, **members: str) -> None:
        """Write a directory that is one output."""
        digests = {f"{name}.json": self.write(f"{path}/{name}.json", content) for name, content in members.items()}
        digest = digest_bytes(repr(digests).encode())
        self.entries.append({"path": path, "digest": digest, "files": len(members)})
        self.listings[digest] = digests

    def find(self, path: str, digest: str) -> str | None:
        """Return where the bytes are, if they are those of the digest."""
        place = self.root / path
        return str(place) if place.is_file() and digest_bytes(place.read_bytes()) == digest else None

    @property
    def side(self) -> Side:
        """Return what is compared."""
        return Side(self.entries, self.find, self.listings.get, ((str(self.root), REPOSITORY),))


def trees(tmp_path: Path) -> tuple[Tree, Tree]:
    return Tree(tmp_path / "then"), Tree(tmp_path / "now")


def outcomes(before: Tree, after: Tree, *flags: str) -> list[OutputOutcome]:
    return compare_outputs(before.side, after.side, Tolerances(from_flags(flags)))


def one(before: Tree, after: Tree, *flags: str) -> tuple[str, str]:
    (found,) = outcomes(before, after, *flags)
    return found.outcome.grade, found.outcome.note


def test_equal_digests_are_the_same_without_a_look_at_the_files(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    for tree in (before, after):
        tree.output("m.bin", "x")
        (tree.root / "m.bin").unlink()
    assert one(before, after) == (SAME, "")


def test_files_whose_digests_differ_are_compared_by_kind(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.output("out/m.json", '{"accuracy": 0.931}')
    after.output("out/m.json", '{"accuracy": 0.930}')
    assert one(before, after) == (DIFFERS, "accuracy: 0.931 → 0.93")
    for name in ("accuracy", "out/m.json", "out/*"):
        assert one(before, after, f"{name}=0.005")[0] == WITHIN


def test_the_place_where_each_run_stood_is_noise(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    for tree in (before, after):
        tree.output("log.txt", f"saved {tree.root}/m.bin\n")
    (found,) = outcomes(before, after)
    assert (found.outcome.grade, found.outcome.noise) == (NOISE, ("path of the repository",))


def test_missing_and_extra_outputs_are_named(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.output("a", "1")
    after.output("b", "1")
    found = {one.path: one for one in outcomes(before, after)}
    assert (found["a"].outcome.grade, found["b"].outcome.grade) == (MISSING, EXTRA)
    assert (found["a"].after, found["b"].before) == ("", "")


def test_an_output_whose_name_has_the_date_in_it_is_found_again(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.output("runs/20260102_101500/m.json", "[1]")
    after.output("runs/20261121_174500/m.json", "[1]")
    (found,) = outcomes(before, after)
    assert (found.outcome.grade, found.now) == (NOISE, "runs/20261121_174500/m.json")
    assert found.outcome.noise == ("date or identifier in the file name",)


def test_recorded_bytes_that_are_not_at_hand_are_said_to_be_so(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.output("m.json", "[1]")
    after.output("m.json", "[2]")
    (before.root / "m.json").write_text("[3]")
    assert one(before, after) == (NOT_COMPARABLE, "the bytes differ, and the recorded file is not at hand")


def test_a_directory_is_compared_member_by_member(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.directory("out", a="[1]", b="[0.5]", c="[1]")
    after.directory("out", a="[1]", b="[0.25]", c="[2]")
    grade, note = one(before, after)
    assert (grade, note) == (DIFFERS, "b.json: [0]: 0.5 → 0.25; 1 more of its parts as well")
    assert one(before, after, "out=1")[0] == WITHIN
    after.listings.clear()
    assert one(before, after) == (NOT_COMPARABLE, "the new directory's listing is not at hand")


def test_members_that_are_missing_from_a_directory_make_it_differ(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.directory("out", a="[1]", b="[1]")
    after.directory("out", a="[1]")
    assert one(before, after) == (DIFFERS, "b.json: is missing")


def test_an_output_can_be_left_out_of_the_comparison(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.output("m.bin", "\0a")
    after.output("m.bin", "\0b")
    assert one(before, after)[0] == NOT_COMPARABLE
    assert one(before, after, "m.bin=any") == (WITHIN, "left out of the comparison, as asked")


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    before.output("m.txt", "a")
    after.output("m.txt", "b")
    (after.root / "m.txt").unlink()
    os.mkfifo(after.root / "m.txt")
    pipe = after.side._replace(find=lambda path, _: str(after.root / path))
    (found,) = compare_outputs(before.side, pipe, Tolerances())
    assert (found.outcome.grade, found.outcome.note) == (NOT_COMPARABLE, "is not a regular file")
    (after.root / "m.txt").unlink()
    (found,) = compare_outputs(before.side, pipe, Tolerances())
    assert found.outcome.note.startswith("cannot be read: ")
