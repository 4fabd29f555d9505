import os
from pathlib import Path
from typing import Any

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import parse_listing
from gitprov.capture.files.declared import Declared, Hashed, expand, hash_declared
from gitprov.errors import ProvError
from gitprov.model.run import Artifact


class Project:
    """A working tree, a place outside it, and where one stands."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "repo"
        self.outside = tmp_path / "outside"
        self.cwd = self.root
        (self.root / ".git").mkdir(parents=True)
        self.outside.mkdir()

    def write(self, *paths: str) -> None:
        """Make files below the root, each holding its own path."""
        for path in paths:
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(path)

    def expand(self, *patterns: str, required: bool = True) -> list[Declared]:
        """Return what patterns name."""
        return expand(patterns, str(self.cwd), str(self.root), required=required)

    def hash(self, *patterns: str, tracked: dict[str, str] | None = None) -> Hashed:
        """Return what patterns name, hashed; every entry is one that the record's model takes."""
        hashed = hash_declared(self.expand(*patterns), tracked=tracked)
        for entry in hashed.entries:
            assert Artifact.model_validate(entry).plain() == entry
            assert entry["files"] == 1 or entry["digest"] in hashed.listings
        return hashed


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a working tree with a little data."""
    project = Project(tmp_path.resolve())
    project.write("train.csv", "data/a.csv", "data/b.csv", "data/deep/c.csv", ".git/HEAD")
    return project


def entry(path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    content = path.encode()
    given = {"path": path, "digest": digest_bytes(content), "size": len(content), "files": 1, "how": "declared"}
    return given | more


def paths(hashed: Hashed) -> list[str]:
    return [entry["path"] for entry in hashed.entries]


def test_a_file_is_recorded_by_its_path_in_the_repository(project: Project) -> None:
    assert project.hash("train.csv") == Hashed([entry("train.csv")], {}, [])


def test_patterns_are_seen_from_where_one_stands_and_recorded_from_the_root(project: Project) -> None:
    project.cwd = project.root / "data/deep"
    assert project.hash("c.csv", "../*.csv", "../../train.csv").entries == [
        entry(path) for path in ("data/a.csv", "data/b.csv", "data/deep/c.csv", "train.csv")
    ]


def test_a_directory_is_one_entry_with_a_manifest_of_all_below(project: Project) -> None:
    project.write("data/.hidden", "data/.git/config")
    hashed = project.hash("data/")
    (whole,) = hashed.entries
    assert whole == entry("data", digest=whole["digest"], size=47, files=4)
    names = [one.name for one in parse_listing(hashed.listings[whole["digest"]])]
    assert names == [b".hidden", b"a.csv", b"b.csv", b"deep"]
    assert len(hashed.listings) == 2
    assert hashed.problems == []


def test_the_repository_itself_can_be_named(project: Project) -> None:
    (whole,) = project.hash(".").entries
    assert (whole["path"], whole["files"]) == (".", 4)


def test_each_path_is_recorded_once(project: Project) -> None:
    assert paths(project.hash("train.csv", "./train.csv", "*.csv", "data/../train.csv")) == ["train.csv"]


def test_what_lies_below_a_named_directory_goes_with_it(project: Project) -> None:
    assert paths(project.hash("data/*.csv", "data", "data/deep", "train.csv")) == ["data", "train.csv"]
    assert paths(project.hash("da*", "data")) == ["data"]


def test_a_glob_takes_files_and_directories(project: Project) -> None:
    assert paths(project.hash("data/*")) == ["data/a.csv", "data/b.csv", "data/deep"]
    assert paths(project.hash("**/*.csv")) == ["data/a.csv", "data/b.csv", "data/deep/c.csv", "train.csv"]


def test_a_name_that_looks_like_a_pattern_is_taken_as_it_stands(project: Project) -> None:
    project.write("x[1].csv", "x1.csv")
    assert paths(project.hash("x[1].csv")) == ["x[1].csv"]


def test_a_name_need_not_be_text(project: Project) -> None:
    name = os.fsdecode(b"caf\xe9\n.csv")
    (project.root / name).write_text("x")
    assert paths(project.hash("caf*")) == ['"caf\\351\\n.csv"']


@pytest.mark.parametrize("pattern", ["gone.csv", "data/*.parquet", "", "gone/**"])
def test_an_input_that_names_nothing_is_an_error_with_a_hint(project: Project, pattern: str) -> None:
    with pytest.raises(ProvError, match=r"names nothing|does not exist") as error:
        project.expand(pattern)
    assert error.value.hint


def test_an_output_that_names_nothing_is_a_problem(project: Project) -> None:
    declared = project.expand("gone.csv", "train.csv", required=False)
    assert [(one.path, one.kind) for one in declared] == [("gone.csv", "missing"), ("train.csv", "file")]
    hashed = hash_declared(declared)
    assert paths(hashed) == ["train.csv"]
    assert hashed.problems == ["gone.csv does not exist"]


@pytest.mark.parametrize(
    ("name", "words"), [("pipe", "neither a file nor a directory"), ("dangling", "No such file"), (".git/HEAD", ".git")]
)
def test_what_cannot_be_recorded_is_refused_with_the_reason(project: Project, name: str, words: str) -> None:
    os.mkfifo(project.root / "pipe")
    (project.root / "dangling").symlink_to("nowhere")
    with pytest.raises(ProvError, match=words):
        project.expand(name)


def test_a_pattern_passes_over_what_cannot_be_recorded_and_says_so(project: Project) -> None:
    os.mkfifo(project.root / "data/pipe")
    hashed = project.hash("data/*")
    assert paths(hashed) == ["data/a.csv", "data/b.csv", "data/deep"]
    assert [problem.endswith("data/pipe is neither a file nor a directory") for problem in hashed.problems] == [True]


def test_what_lies_outside_is_absolute_and_marked(project: Project) -> None:
    file = project.outside / "big.bin"
    file.write_text("x")
    for pattern in ("../outside/big.bin", str(file), "../outside/*"):
        (one,) = project.hash(pattern).entries
        assert one == entry(str(file), absolute=True, digest=digest_bytes(b"x"), size=1)
    assert expand([str(file)], str(project.cwd), "")[0].absolute


def test_a_link_on_the_way_out_of_the_repository_is_resolved(project: Project) -> None:
    (project.outside / "x.csv").write_text("x")
    (project.root / "mnt").symlink_to(project.outside)
    (project.root / "x.csv").symlink_to(project.outside / "x.csv")
    for pattern, place in (("mnt/x.csv", "x.csv"), ("x.csv", "x.csv"), ("mnt", ""), ("mnt/*.csv", "x.csv")):
        (one,) = project.hash(pattern).entries
        assert (one["path"], one["absolute"]) == (str(project.outside / place).rstrip("/"), True)


def test_a_link_inside_the_repository_keeps_its_name_and_stands_for_the_bytes(project: Project) -> None:
    project.write(".git/annex/objects/1")
    (project.root / "data/annexed").symlink_to("../.git/annex/objects/1")
    (project.root / "way").symlink_to("data/deep")
    (one,) = project.hash("data/annexed", tracked={"data/annexed": "0" * 40}).entries
    assert (one["path"], one["digest"]) == ("data/annexed", digest_bytes(b".git/annex/objects/1"))
    assert paths(project.hash("way/c.csv")) == ["data/deep/c.csv"]
    assert paths(project.hash("way")) == ["data/deep"]


def test_links_below_a_directory_are_entries_and_not_followed(project: Project) -> None:
    (project.root / "data/out").symlink_to(project.outside)
    (project.root / "data/loop").symlink_to(".")
    hashed = project.hash("data")
    entries = parse_listing(hashed.listings[hashed.entries[0]["digest"]])
    assert {one.name: one.mode for one in entries} == {
        b"a.csv": "644", b"b.csv": "644", b"deep": "dir", b"loop": "link", b"out": "link",
    }  # fmt: skip


def test_tracked_files_that_stand_alone_are_recorded_by_their_blob(project: Project) -> None:
    blob = "0123456789" * 4
    hashed = project.hash("train.csv", "data/a.csv", tracked={"train.csv": blob})
    assert hashed.entries == [entry("data/a.csv"), entry("train.csv", digest=f"git:{blob}")]


def test_up_to_sixteen_files_stand_alone_and_more_are_their_directory(project: Project) -> None:
    names = [f"many/{n:02}.csv" for n in range(17)]
    project.write(*names[:16])
    assert len(project.hash("many/*.csv").entries) == 16
    project.write(names[16], "many/other.txt")
    tracked = dict.fromkeys(names, "0" * 40)
    hashed = project.hash("many/*.csv", "train.csv", tracked=tracked)
    assert paths(hashed) == ["many", "train.csv"]
    whole = hashed.entries[0]
    assert (whole["files"], whole["size"]) == (17, 17 * len(names[0]))
    listed = parse_listing(hashed.listings[whole["digest"]])
    assert [one.name for one in listed] == [f"{n:02}.csv".encode() for n in range(17)]
    assert listed[0].digest == digest_bytes(names[0].encode())


def test_many_directories_that_a_pattern_matches_are_folded_too(project: Project) -> None:
    project.write(*(f"runs/{n}/out/result.json" for n in range(20)))
    (whole,) = project.hash("runs/*/").entries
    assert (whole["path"], whole["files"]) == ("runs", 20)


def test_files_at_the_top_and_outside_fold_into_their_roots(project: Project) -> None:
    project.write(*(f"top{n}.csv" for n in range(20)))
    for n in range(20):
        (project.outside / f"{n}.csv").write_text("")
    hashed = project.hash("top*.csv", "../outside/*")
    assert [(one["path"], one.get("absolute"), one["files"]) for one in hashed.entries] == [
        (".", None, 20),
        (str(project.outside), True, 20),
    ]


def test_what_is_gone_between_finding_and_hashing_is_a_problem(project: Project) -> None:
    declared = project.expand("train.csv", "data/a.csv", "data/b.csv")
    (project.root / "train.csv").unlink()
    (project.root / "data/b.csv").unlink()
    os.mkfifo(project.root / "data/b.csv")
    hashed = hash_declared(declared)
    assert paths(hashed) == ["data/a.csv"]
    assert sorted(hashed.problems) == [
        "data/b.csv is no file any more",
        "train.csv cannot be read: No such file or directory",
    ]


def test_what_is_skipped_below_a_directory_is_said(project: Project) -> None:
    os.mkfifo(project.root / "data/pipe")
    assert project.hash("data").problems == ["pipe is a pipe (below data)"]


def test_how_it_is_known_is_recorded(project: Project) -> None:
    (one,) = hash_declared(project.expand("train.csv"), "api").entries
    assert one["how"] == "api"
