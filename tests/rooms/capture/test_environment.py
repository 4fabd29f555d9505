"""The environment of a run, with real virtual environments and their real interpreter."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from blake3 import blake3

from gitprov.capture import environment
from gitprov.capture.environment import EnvironmentCapture, Probe, container, describe
from gitprov.capture.facts import platform_tag


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

    def probe(self, *argv: str, **environ: str) -> Probe:
        """Begin to look at a command started in the project."""
        argv = argv or (self.python, "train.py")
        return Probe.begin(
            argv, {**self.environ, **environ}, str(self.project), str(self.cache), worktree=str(self.project)
        )

    def capture(self, *argv: str, **environ: str) -> EnvironmentCapture:
        """Return the environment of a command."""
        return self.probe(*argv, **environ).result()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh virtual environment, to be copied."""
    path = tmp_path_factory.mktemp("venv") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(path)], check=True, capture_output=True)
    return path


@pytest.fixture
def venv(template: Path, tmp_path: Path) -> Venv:
    """Return a project with a virtual environment in which nothing is installed."""
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
        "platform": platform_tag(),
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
    monkeypatch.setattr(environment, "list_distributions", refuse)
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
        venv.install("project-0.1.dist-info")
        record = {"url": f"file://{venv.project}", "dir_info": {"editable": True}}
        (venv.site / "project-0.1.dist-info/direct_url.json").write_text(json.dumps(record))
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


def test_a_probe_that_is_given_up_leaves_nothing_running(venv: Venv) -> None:
    probe = venv.probe()
    probe.cancel()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_an_interpreter_known_by_its_path_can_be_described(venv: Venv) -> None:
    capture = describe(venv.python, str(venv.cache), venv.environ, worktree=str(venv.project))
    assert capture.fields["interpreter"] == "venv .venv/bin/python"


def test_the_images_digest_is_taken_from_where_it_is_stated(tmp_path: Path) -> None:
    image = "a" * 64
    assert container({}, str(tmp_path)) == ""
    assert container({"CI_JOB_IMAGE": f"host/x@sha256:{image}"}, str(tmp_path)) == f"sha256:{image}"
    assert container({"GIT_PROV_CONTAINER": "latest"}, str(tmp_path)) == ""
    (tmp_path / "run").mkdir()
    (tmp_path / "run/.containerenv").write_text(f'engine="podman"\nimage="x"\nimageid="{image}"\n')
    assert container({}, str(tmp_path)) == f"sha256:{image}"
