import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from gitprov.capture.files.fates import Fates
from gitprov.capture.files.places import Blob, Sorted, World, sort
from gitprov.capture.files.touched import Process, Touched

LONG_AGO = 1_000_000_000


class Scene:
    """A working tree, places around it, and a run that did things there."""

    def __init__(self, path: Path) -> None:
        self.top, self.home, self.outside = path / "home/work", path / "home", path / "data"
        self.temporary = path / "tmp"
        for directory in (self.top / ".git", self.outside, self.temporary):
            directory.mkdir(parents=True)
        self.fates = Fates()
        self.programs: list[str] = []
        self.prefixes: list[str] = []
        self.blobs: dict[str, Blob] = {}
        self.certain = True
        self.started_ns = time.time_ns()

    def old(self, path: Path, content: str = "x") -> str:
        """Write a file as it stood long before the run; return its path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (LONG_AGO, LONG_AGO))
        return str(path)

    def tracked(self, name: str, *, mode: str = "100644", is_new: bool = False) -> str:
        """Write an old file that the exact commit has."""
        self.blobs[name] = Blob(f"{len(self.blobs):040x}", mode, is_new)
        return self.old(self.top / name)

    def new(self, path: Path, content: str = "new") -> str:
        """Write a file as the run does."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return str(path)

    def sort(self) -> Sorted:
        """Sort what the run did."""
        fates = self.fates
        header = {"prefixes": self.prefixes}
        touched = Touched(
            *(fates.read, fates.made, self.programs, []),
            *([Process(header, [], None)], [], self.certain),
        )
        temporary = (str(self.temporary),)
        nothing = (str(self.top / ".git"),)
        return sort(touched, World(str(self.top), str(self.home), nothing, temporary, self.started_ns, self._found))

    def _found(self, paths: Iterable[str]) -> Mapping[str, Blob]:
        return {path: self.blobs[path] for path in paths if path in self.blobs}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path.resolve())


def reads(scene: Scene, *paths: str) -> None:
    for path in paths:
        scene.fates.reads(path)


# --- inputs ---


def test_what_was_there_and_was_read_is_an_input(scene: Scene) -> None:
    outside = scene.old(scene.outside / "big.bin", "12345")
    reads(scene, scene.old(scene.top / "raw/a.csv"), outside)

    found = scene.sort()
    assert {path: one.absolute for path, one in found.inputs.items()} == {"raw/a.csv": False, outside: True}
    assert found.sizes == {str(scene.top / "raw/a.csv"): 1, outside: 5}
    assert not found.remarks


def test_tracked_files_are_code_and_those_that_are_no_programs_are_inputs_too(scene: Scene) -> None:
    reads(scene, scene.tracked("train.py"), scene.tracked("conf/a.yaml"), scene.tracked("Makefile"))

    found = scene.sort()
    assert set(found.code) == {b"train.py", b"conf/a.yaml", b"Makefile"}
    assert found.blobs == {"conf/a.yaml": scene.blobs["conf/a.yaml"].oid}
    assert set(found.inputs) == {"conf/a.yaml"}
    assert found.sizes == {}


def test_a_tracked_file_that_was_executed_is_code_alone(scene: Scene) -> None:
    path = scene.tracked("bin/train")
    scene.programs.append(path)
    reads(scene, path)

    found = scene.sort()
    assert set(found.code) == {b"bin/train"}
    assert not found.inputs


def test_untracked_data_that_a_snapshot_took_along_is_hashed_and_no_code(scene: Scene) -> None:
    reads(scene, scene.tracked("new.csv", is_new=True), scene.tracked("new.py", is_new=True))

    found = scene.sort()
    assert set(found.inputs) == {"new.csv"}
    assert found.blobs == {}
    assert set(found.code) == {b"new.py"}


def test_source_that_git_does_not_have_is_an_input(scene: Scene) -> None:
    helper = scene.old(scene.home / "lib/helper.py")
    reads(scene, scene.old(scene.top / "ignored.py"), helper)

    assert set(scene.sort().inputs) == {"ignored.py", helper}


def test_a_compiled_module_stands_for_its_source(scene: Scene) -> None:
    scene.tracked("pkg/mod.py")
    scene.old(scene.top / "pkg/helper.py")
    names = ("mod.cpython-311.pyc", "helper.cpython-311.opt-1.pyc", "gone.cpython-311.pyc")
    reads(scene, *(scene.old(scene.top / "pkg/__pycache__" / name) for name in names))

    found = scene.sort()
    assert set(found.code) == {b"pkg/mod.py"}
    assert set(found.inputs) == {"pkg/helper.py"}


def test_libraries_are_named_and_are_no_inputs(scene: Scene) -> None:
    site = scene.outside / "env/lib/python3.11/site-packages"
    for name in ("numpy/__init__.py", "six.py", "__pycache__/yaml.cpython-311.pyc", "x-1.0.dist-info/entry_points.txt"):
        reads(scene, scene.old(site / name))
    reads(scene, scene.old(site / "google/api/__pycache__/core.cpython-311.pyc"))

    found = scene.sort()
    names = {"numpy/__init__.py", "six.py", "yaml.py", "google/api/core.py"}
    assert found.libraries == {(str(site), name) for name in names}
    assert not found.inputs


def test_an_environment_in_the_working_tree_is_known_by_its_marker(scene: Scene) -> None:
    scene.old(scene.top / "myenv/pyvenv.cfg")
    reads(scene, scene.old(scene.top / "myenv/share/data.csv"), scene.old(scene.top / "lib/data.csv"))

    assert set(scene.sort().inputs) == {"lib/data.csv"}


def test_prefixes_of_pythons_and_programs_are_environment(scene: Scene) -> None:
    scene.prefixes += [str(scene.outside / "py"), str(scene.home), "relative", "/bad\0"]
    scene.programs.append(str(scene.outside / "tool/bin/run"))
    reads(scene, *(scene.old(scene.outside / name) for name in ("py/lib/x.py", "tool/share/x", "tool/data/x")))
    reads(scene, scene.old(scene.home / "lib/x"))

    assert set(scene.sort().inputs) == {str(scene.outside / "tool/data/x"), str(scene.home / "lib/x")}


def test_configuration_caches_and_credentials_at_home_are_left_out(scene: Scene) -> None:
    apart = (".bashrc", ".ssh/id_rsa", ".config/x.toml", ".cache/pip/x", ".cache/huggingface/token", "keys/id_ed25519")
    data = (".cache/huggingface/hub/model.bin", ".keras/datasets/mnist.npz", "notes.txt")
    reads(scene, *(scene.old(scene.home / name) for name in (*apart, *data)))

    found = scene.sort()
    assert set(found.inputs) == {str(scene.home / name) for name in data}
    assert not found.remarks


def test_a_file_in_the_working_tree_that_is_secret_by_its_name_is_said_and_not_hashed(scene: Scene) -> None:
    reads(scene, scene.old(scene.top / ".env"))
    (scene.top / "venv/.env").mkdir(parents=True)
    reads(scene, str(scene.top / "venv/.env"))
    path = scene.new(scene.top / "id_rsa")
    scene.fates.writes(path)

    found = scene.sort()
    assert found.remarks == {"secret": ["id_rsa", ".env"]}
    assert not found.inputs
    assert not found.outputs
    assert not found.sizes


def test_shared_libraries_outside_are_environment_and_those_inside_are_inputs(scene: Scene) -> None:
    reads(scene, scene.old(scene.outside / "cuda/lib64/libcudart.so.12"), scene.old(scene.top / "lib/fast.so"))

    assert set(scene.sort().inputs) == {"lib/fast.so"}


def test_directories_pipes_and_what_is_not_there_are_nothing(scene: Scene) -> None:
    (scene.top / "folder").mkdir()
    os.mkfifo(scene.top / "pipe")
    scene.certain = False
    reads(
        scene,
        str(scene.top / "folder"),
        str(scene.top / "pipe"),
        str(scene.top / "none"),
        "/proc/self/stat",
        "/dev/null",
    )
    scene.fates.writes(str(scene.top / "pipe"))

    found = scene.sort()
    assert not found.inputs
    assert not found.outputs
    assert not found.remarks


def test_a_link_keeps_its_name_where_it_leads_into_the_repository(scene: Scene) -> None:
    scene.old(scene.top / ".git/annex/object")
    (scene.top / "data.csv").symlink_to(".git/annex/object")
    target = scene.old(scene.outside / "far.csv")
    (scene.top / "far.csv").symlink_to(target)
    (scene.top / "words").symlink_to("/etc/passwd")
    reads(scene, *(str(scene.top / name) for name in ("data.csv", "far.csv", "words")))

    assert set(scene.sort().inputs) == {"data.csv", target}


def test_a_link_to_tracked_code_is_that_code(scene: Scene) -> None:
    scene.tracked("src/real.py")
    scene.blobs["alias.py"] = Blob("f" * 40, "120000")
    (scene.top / "alias.py").symlink_to("src/real.py")
    reads(scene, str(scene.top / "alias.py"))

    found = scene.sort()
    assert set(found.code) == {b"src/real.py", b"alias.py"}
    assert not found.inputs


# --- outputs ---


def test_what_was_written_and_is_there_is_an_output(scene: Scene) -> None:
    paths = [scene.new(scene.top / "out/a.csv"), scene.new(scene.temporary / "b"), scene.new(scene.outside / "c")]
    for path in (*paths, str(scene.top / "gone"), scene.new(scene.top / "x/__pycache__/m.cpython-311.pyc")):
        scene.fates.writes(path)

    found = scene.sort()
    assert set(found.outputs) == {"out/a.csv", *paths[1:]}
    assert not found.inputs


def test_a_file_that_was_opened_for_update_is_an_output_only_where_it_changed(scene: Scene) -> None:
    scene.fates.updates(scene.old(scene.top / "read.db"))
    scene.fates.updates(scene.new(scene.top / "written.db"))

    found = scene.sort()
    assert set(found.outputs) == {"written.db"}
    assert set(found.inputs) == {"read.db"}


def test_an_attempt_to_write_is_no_output(scene: Scene) -> None:
    path = scene.old(scene.top / "shut.csv")
    scene.started_ns = time.time_ns() + 10**9
    scene.certain = False
    reads(scene, path)
    scene.fates.writes(path)

    found = scene.sort()
    assert not found.outputs
    assert set(found.inputs) == {"shut.csv"}


def test_an_output_with_an_old_time_stamp_is_one(scene: Scene) -> None:
    scene.certain = False
    scene.fates.writes(scene.old(scene.top / "copied.csv"))

    assert set(scene.sort().outputs) == {"copied.csv"}


def test_what_was_removed_and_is_there_again_is_an_output(scene: Scene) -> None:
    path = scene.new(scene.top / "again")
    scene.fates.writes(path)
    scene.fates.removes(path)

    assert set(scene.sort().outputs) == {"again"}


def test_files_whose_writing_was_not_seen_come_with_their_renamed_directory(scene: Scene) -> None:
    scene.new(scene.top / "model/weights.bin")
    scene.old(scene.top / "model/before.bin")
    scene.fates.renames(str(scene.top / "model.tmp"), str(scene.top / "model"))

    assert set(scene.sort().outputs) == {"model/weights.bin"}


# --- both, or neither ---


def test_what_was_read_and_then_changed_is_both_and_its_bytes_are_lost(scene: Scene) -> None:
    path = scene.new(scene.top / "state.json")
    reads(scene, path)
    scene.fates.writes(path)

    found = scene.sort()
    assert set(found.outputs) == set(found.lost) == {"state.json"}
    assert not found.inputs
    assert found.remarks == {"updated": ["state.json"]}


def test_git_knows_the_bytes_of_a_tracked_file_that_was_changed_or_removed(scene: Scene) -> None:
    changed, removed = scene.tracked("state.json"), scene.tracked("gone.json")
    reads(scene, changed, removed)
    scene.fates.writes(scene.new(scene.top / "state.json"))
    scene.fates.removes(removed)
    Path(removed).unlink()

    found = scene.sort()
    assert set(found.lost) == set(found.blobs) == {"state.json", "gone.json"}
    assert not found.remarks


def test_an_input_that_the_run_removed_is_said(scene: Scene) -> None:
    path = str(scene.top / "queue/job")
    reads(scene, path)
    scene.fates.removes(path)

    found = scene.sort()
    assert set(found.lost) == {"queue/job"}
    assert found.remarks == {"removed": ["queue/job"]}


def test_a_directory_that_was_opened_and_removed_is_no_input(scene: Scene) -> None:
    path = str(scene.top / "scratch")
    scene.fates.writes(path + "/deep/file")
    reads(scene, path, path + "/deep", str(scene.temporary / "empty"))
    for name in ("/deep/file", "/deep", ""):
        scene.fates.removes(path + name)
    scene.fates.removes(str(scene.temporary / "empty"))

    found = scene.sort()
    assert not found.lost
    assert not found.remarks


def test_an_input_that_the_run_moved_is_hashed_where_it_is_now(scene: Scene) -> None:
    reads(scene, str(scene.top / "inbox/a"))
    scene.fates.renames(str(scene.top / "inbox/a"), scene.old(scene.top / "done/a"))

    found = scene.sort()
    assert {path: one.real for path, one in found.moved.items()} == {"inbox/a": str(scene.top / "done/a")}
    assert set(found.outputs) == {"done/a"}
    assert not found.remarks


def test_a_file_that_changed_meanwhile_is_an_input_and_said(scene: Scene) -> None:
    reads(scene, scene.new(scene.outside / "live.csv"))

    found = scene.sort()
    assert set(found.inputs) == {str(scene.outside / "live.csv")}
    assert found.remarks == {"changed": [str(scene.outside / "live.csv")]}


@pytest.fixture
def born(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Return what sets when files were made: not every file system keeps it."""

    def set_birth(birth: int | None) -> None:
        monkeypatch.setattr("gitprov.capture.files.judge.birth_ns", lambda _: birth)

    return set_birth


def test_a_file_born_in_the_run_was_written_by_what_the_tracer_does_not_see(
    scene: Scene, born: Callable[[int | None], None]
) -> None:
    scene.certain = False
    reads(scene, scene.new(scene.top / "weights.bin"))
    born(time.time_ns())
    found = scene.sort()
    assert set(found.outputs) == {"weights.bin"}
    assert not found.inputs

    born(LONG_AGO)
    assert scene.sort().remarks == {"changed": ["weights.bin"]}


def test_a_database_that_the_run_made_is_no_input_of_its_own(scene: Scene, born: Callable[[int | None], None]) -> None:
    path = scene.new(scene.top / "new.db")
    reads(scene, path)
    scene.fates.updates(path)
    born(time.time_ns())
    found = scene.sort()
    assert set(found.outputs) == {"new.db"}
    assert not found.lost

    born(LONG_AGO)
    assert set(scene.sort().lost) == {"new.db"}


def test_names_that_are_no_text_are_recorded_in_their_quoted_form(scene: Scene) -> None:
    path = os.fsdecode(os.fsencode(scene.top) + b"/caf\xe9.csv")
    reads(scene, scene.old(Path(path)))

    assert set(scene.sort().inputs) == {r'"caf\351.csv"'}
