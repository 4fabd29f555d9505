"""The environment of a run, with real virtual environments and their real interpreter."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from blake3 import blake3

from gitprov.capture.environment import modules, survey
from gitprov.capture.environment import probe as environment
from gitprov.capture.environment.facts import facts, libc, platform_tag
from gitprov.capture.environment.others import others
from gitprov.capture.environment.probe import EnvironmentCapture, Probe, describe
from gitprov.observer import protocol
from support.repo import RepoBuilder


class Venv:
    """A virtual environment in a project, into which distributions are put by hand."""

    def __init__(self, template: Path, tmp_path: Path) -> None:
        self.project = tmp_path / "project"
        self.cache = tmp_path / "state/cache"
        self.environ = {"PATH": "/nowhere", "HOME": str(tmp_path / "home")}
        shutil.copytree(template, self.project / ".venv", symlinks=True)
        (self.site,) = self.project.glob(".venv/lib/python*/site-packages")
        self.python = str(self.project / ".venv/bin/python")
        self.settle()

    def install(self, folder: str) -> None:
        """Install a distribution, long enough ago that nobody doubts the time."""
        (self.site / folder).mkdir()
        self.settle()

    def settle(self, directory: Path | None = None, *, age: int = 3600) -> None:
        """Let the last change to a directory be some time ago."""
        directory = directory or self.site
        now = directory.stat().st_mtime
        os.utime(directory, (now - age, now - age))

    def probe(self, *argv: str, traced: bool = False, **environ: str) -> Probe:
        """Begin to look at a command started in the project."""
        argv = argv or (self.python, "train.py")
        project, variables = str(self.project), {**self.environ, **environ}
        return Probe.begin(argv, variables, project, str(self.cache), worktree=project, traced=traced)

    def capture(self, *argv: str, **environ: str) -> EnvironmentCapture:
        """Return the environment of a command."""
        return self.probe(*argv, traced=False, **environ).result()

    def editable(self, name: str, tree: Path) -> None:
        """Install a source tree to be imported from in place."""
        record = {"url": f"file://{tree}", "dir_info": {"editable": True}}
        (self.site / f"{name}-0.1.dist-info").mkdir()
        (self.site / f"{name}-0.1.dist-info/direct_url.json").write_text(json.dumps(record))
        self.settle()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh virtual environment, to be copied."""
    path = tmp_path_factory.mktemp("venv") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(path)], check=True, capture_output=True)
    return path


@pytest.fixture
def venv(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Venv:
    """Return a project with a virtual environment in which nothing is installed, outside any container."""
    monkeypatch.setattr("gitprov.capture.environment.container.container", lambda _: {})
    return Venv(template, tmp_path)


def names(capture: EnvironmentCapture) -> list[str]:
    return [package["name"] for package in tomllib.loads(capture.lock.decode())["packages"]]


def test_the_childs_own_interpreter_and_its_distributions_are_described(venv: Venv) -> None:
    venv.install("numpy-1.26.4.dist-info")
    capture = venv.capture()
    assert capture.fields == {
        "digest": capture.digest,
        "python": ".".join(map(str, sys.version_info[:3])),
        "implementation": "cpython",
        "build": facts()["build"],
        "compiler": facts()["compiler"],
        "platform": platform_tag(),
        "libc": libc(),
        "interpreter": "venv .venv/bin/python",
        "packages": 1,
    }
    assert capture.digest == "b3:" + blake3(capture.lock).hexdigest()
    assert names(capture) == ["numpy"]
    assert (capture.how, capture.known, capture.problems) == ("command", False, ())


def test_the_second_time_nothing_is_asked_or_listed(venv: Venv, monkeypatch: pytest.MonkeyPatch) -> None:
    venv.install("numpy-1.26.4.dist-info")
    first = venv.capture()

    def refuse(*_: object) -> object:
        raise AssertionError("asked again")

    monkeypatch.setattr(environment, "Question", refuse)
    monkeypatch.setattr(survey, "list_distributions", refuse)
    second = venv.capture()
    assert second.known
    assert (second.digest, second.lock, second.fields) == (first.digest, first.lock, first.fields)


def test_what_is_installed_later_is_seen(venv: Venv) -> None:
    first = venv.capture()
    venv.install("numpy-1.26.4.dist-info")
    second = venv.capture()
    assert not second.known
    assert second.digest != first.digest
    assert names(second) == ["numpy"]


def test_a_directory_that_only_just_changed_is_looked_at_again(venv: Venv) -> None:
    venv.capture()
    at = venv.site.stat().st_mtime_ns
    (venv.site / "late-1.0.dist-info").mkdir()
    cached = next(venv.cache.iterdir()).stat().st_mtime_ns
    os.utime(venv.site, ns=(at, cached))
    venv.capture()
    (venv.site / "later-1.0.dist-info").mkdir()
    os.utime(venv.site, ns=(at, cached))  # the same time as when it was listed: a coarse clock
    assert names(venv.capture()) == ["late", "later"]


def test_packages_that_change_during_the_run_are_pointed_out(venv: Venv) -> None:
    venv.capture()
    probe = venv.probe()
    venv.install("numpy-1.26.4.dist-info")
    capture = probe.result()
    assert names(capture) == ["numpy"]
    assert ["during the run" in problem for problem in capture.problems] == [True]


def test_a_launcher_that_makes_the_environment_is_asked_when_it_is_done(venv: Venv) -> None:
    hidden = venv.project / ".hidden"
    (venv.project / ".venv").rename(hidden)
    probe = venv.probe("uv", "run", "train.py")
    hidden.rename(venv.project / ".venv")
    capture = probe.result()
    assert capture.how == "project"
    assert capture.fields["interpreter"] == "venv .venv/bin/python"
    assert capture.problems == ()


def test_directories_on_pythonpath_come_first(venv: Venv) -> None:
    venv.install("numpy-1.26.4.dist-info")
    (venv.project / "vendor/numpy-2.0.0.dist-info").mkdir(parents=True)
    capture = venv.capture(PYTHONPATH="vendor")
    assert tomllib.loads(capture.lock.decode())["packages"] == [{"name": "numpy", "version": "2.0.0"}]
    assert venv.capture().digest != capture.digest


def test_a_directory_that_a_pth_file_adds_counts_where_something_is_installed_there(venv: Venv) -> None:
    shared, sources = venv.project / "shared", venv.project / "src"
    (shared / "numpy-1.26.4.dist-info").mkdir(parents=True)
    (sources / "project.egg-info").mkdir(parents=True)
    (venv.site / "more.pth").write_text(f"{shared}\n{sources}\n")
    venv.settle()
    assert names(venv.capture()) == ["numpy"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00\xff", b"0" * 64 + b"\n[1]"])
def test_a_damaged_cache_is_as_good_as_none(venv: Venv, damage: bytes) -> None:
    first = venv.capture()
    (cached,) = venv.cache.iterdir()
    cached.write_bytes(damage)
    assert venv.capture().digest == first.digest
    (cached,) = venv.cache.iterdir()
    cached.write_bytes(cached.read_bytes()[:-1] + b"!")
    assert venv.capture().digest == first.digest


def test_a_cache_that_cannot_be_written_is_done_without(venv: Venv, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    venv.cache = tmp_path / "file/cache"
    assert venv.capture().fields["packages"] == 0


def test_an_interpreter_that_was_replaced_is_asked_again(venv: Venv) -> None:
    venv.capture()
    config = venv.project / ".venv/pyvenv.cfg"
    config.write_text(config.read_text() + "\n")
    (cached,) = venv.cache.iterdir()
    before = json.loads(cached.read_bytes().partition(b"\n")[2])[2]
    venv.capture()
    assert json.loads(cached.read_bytes().partition(b"\n")[2])[2] != before


def test_two_clones_with_the_same_environment_have_the_same_digest(template: Path, tmp_path: Path) -> None:
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        venv = Venv(template, tmp_path / name)
        venv.editable("project", venv.project)
        capture = venv.capture()
        assert str(tmp_path) not in capture.lock.decode()
        digests.add(capture.digest)
    assert len(digests) == 1


def test_an_interpreter_that_does_not_answer_leaves_the_platform(venv: Venv) -> None:
    broken = venv.project / "python"
    broken.write_text("#!/bin/sh\necho no; exit 1\n")
    broken.chmod(0o755)
    capture = venv.capture("./python", "x.py")
    assert capture.fields == {"platform": platform_tag(), "interpreter": "python"}
    assert (capture.lock, capture.digest) == (b"", "")
    assert capture.problems == ("the interpreter python did not say what it is",)


def test_without_any_interpreter_there_is_the_platform_alone(venv: Venv) -> None:
    capture = venv.capture("true")
    assert capture.fields == {"platform": platform_tag()}
    assert (capture.lock, capture.digest, capture.how, capture.problems) == (b"", "", "", ())


def test_an_interpreter_that_the_command_does_not_name_is_marked(venv: Venv) -> None:
    capture = venv.capture("true", PATH=os.path.dirname(venv.python))
    assert capture.how == "PATH"
    assert capture.fields["interpreter"] == "venv .venv/bin/python3 (first on PATH)"


def test_a_path_below_somebodys_home_does_not_name_them(venv: Venv, tmp_path: Path) -> None:
    link = tmp_path / "home/env"
    link.parent.mkdir()
    link.symlink_to(venv.project / ".venv")
    assert venv.capture(str(link / "bin/python")).fields["interpreter"] == "venv ~/env/bin/python"


def test_what_stands_in_for_an_interpreter_is_asked_every_time(template: Path, venv: Venv) -> None:
    shim = venv.project / "python"
    shim.write_text(f'#!/bin/sh\nexec {venv.python} "$@"\n')
    shim.chmod(0o755)
    assert venv.capture("./python", "a.py").fields["packages"] == 0
    other = Venv(template, venv.project)
    other.install("numpy-1.26.4.dist-info")
    again = f'#!/bin/sh\nexec {other.python} "$@"\n'
    stat = shim.stat()
    shim.write_text(again)
    os.utime(shim, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert venv.capture("./python", "a.py").fields["packages"] == 1


def children() -> set[str]:
    """The processes that are ours, those of other tests among them."""
    ours = f"\nPPid:\t{os.getpid()}\n"
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            if ours in status.read_text():
                found.add(status.parent.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nobody tells which processes there are")
def test_a_probe_that_is_given_up_leaves_nothing_running(venv: Venv) -> None:
    before = children()
    probe = venv.probe()
    assert children() > before
    probe.cancel()
    assert children() == before


def test_an_interpreter_known_by_its_path_can_be_described(venv: Venv) -> None:
    capture = describe(venv.python, str(venv.cache), venv.environ, worktree=str(venv.project))
    assert capture.fields["interpreter"] == "venv .venv/bin/python"


def test_what_a_run_touched_is_named_after_its_distributions(venv: Venv, tmp_path: Path) -> None:
    venv.install("PyYAML-6.0.dist-info")
    (venv.site / "PyYAML-6.0.dist-info/RECORD").write_text("yaml/__init__.py,,\n_yaml/__init__.py,,\n")
    tree = tmp_path / "lib"
    tree.mkdir()
    venv.editable("my_lib", tree)
    probe = venv.probe(traced=True)
    probe.result()
    touched = [(str(venv.site), "yaml"), (str(tree), "src/x.py"), ("/else/site-packages", "numpy")]
    assert probe.used(touched) == ["my-lib", "pyyaml"]
    again = venv.probe(traced=True)
    again.result()
    assert again.used(touched) == ["my-lib", "pyyaml"]


def test_what_was_used_is_found_out_beside_the_run(venv: Venv, monkeypatch: pytest.MonkeyPatch) -> None:
    venv.install("numpy-1.26.4.dist-info")
    (venv.site / "numpy-1.26.4.dist-info/RECORD").write_text("numpy/__init__.py,,\n")
    venv.settle()
    probe = venv.probe(traced=True)
    probe.result()

    def refuse(_: object) -> object:
        raise AssertionError("listed once more")

    monkeypatch.setattr(modules, "list_distributions", refuse)
    assert probe.used([(str(venv.site), "numpy/core.py")]) == ["numpy"]


def test_the_state_of_an_editable_install_from_elsewhere_is_recorded(venv: Venv, repo: RepoBuilder) -> None:
    commit = repo.commit(files={"lib.py": "x = 1\n"})
    venv.editable("my_lib", repo.path)
    venv.environ["PATH"] = os.environ["PATH"]
    capture = venv.capture()
    entry = {"name": "my-lib", "path": str(repo.path), "commit": commit}
    assert capture.fields["editable"] == [entry]
    assert capture.problems == ()
    (repo.path / "my_lib.egg-info").mkdir()
    repo.write("my_lib.egg-info/PKG-INFO", "Name: my-lib\n")
    assert venv.capture().problems == ()
    repo.write("lib.py", "x = 2\n")
    changed = venv.capture()
    assert changed.fields["editable"] == [{**entry, "dirty": True}]
    assert ["not committed" in problem for problem in changed.trees.values()] == [True]
    assert changed.known


def test_an_editable_install_of_the_repository_itself_has_no_state_of_its_own(venv: Venv) -> None:
    venv.editable("project", venv.project / "src")
    capture = venv.capture()
    assert "editable" not in capture.fields
    assert capture.problems == ()


def test_the_projects_lock_files_and_some_variables_are_recorded(venv: Venv) -> None:
    (venv.project / "uv.lock").write_text("version = 1\n")
    fields = venv.capture(OMP_NUM_THREADS="4", SECRET="hush").fields
    assert fields["locks"] == [{"path": "uv.lock", "digest": "b3:" + blake3(b"version = 1\n").hexdigest()}]
    assert fields["variables"] == {"OMP_NUM_THREADS": "4"}


def test_the_directory_that_we_put_on_the_path_is_not_the_users(venv: Venv) -> None:
    ours = os.path.join(os.path.dirname(protocol.__file__), "site")
    plain, watched = venv.capture(), venv.capture(PYTHONPATH=ours)
    assert watched.known
    assert watched.fields == plain.fields
    both = venv.capture(PYTHONPATH=f"{ours}:/opt/own")
    assert both.fields["variables"] == {"PYTHONPATH": "/opt/own"}


def test_a_program_that_conda_installed_is_described_without_any_python(venv: Venv) -> None:
    prefix = venv.project / "conda"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin/Rscript").write_text("")
    (prefix / "bin/Rscript").chmod(0o755)
    (prefix / "conda-meta").mkdir()
    url = "https://conda.anaconda.org/conda-forge/linux-64/r-base-4.3.1-h1_0.conda"
    record = {"url": url, "md5": "0" * 32, "files": []}
    (prefix / "conda-meta/r-base-4.3.1-h1_0.json").write_text(json.dumps(record))
    venv.settle(prefix / "conda-meta")
    capture = venv.capture("conda/bin/Rscript", "x.R")
    assert tomllib.loads(capture.lock.decode())["tool"]["git-prov"] == {"conda": [f"{url}#{'0' * 32}"]}
    assert capture.fields["conda"] == 1
    assert "python" not in capture.fields
    again = venv.capture("conda/bin/Rscript", "x.R")
    assert (again.known, again.digest) == (True, capture.digest)


def test_environments_of_other_interpreters_are_described_once_each(template: Path, venv: Venv, tmp_path: Path) -> None:
    main = venv.capture()
    (tmp_path / "second").mkdir()
    other = Venv(template, tmp_path / "second")
    other.install("numpy-1.26.4.dist-info")
    executables = [venv.python, other.python, other.python + "3", "/nowhere/python"]
    found = others(executables, main, venv.environ, str(venv.cache), str(venv.project))
    (entry,) = found.entries
    assert entry["python"] == main.fields["python"]
    assert b"numpy" in found.locks[entry["digest"]]
    assert found.problems == ["the interpreter /nowhere/python did not say what it is"]
