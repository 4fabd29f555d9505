"""What every test stands on: the hermetic seal, and repositories at the price of a copy."""

import itertools
import os
import shutil
import signal
import tempfile
from pathlib import Path

import hypothesis
import pytest

from support.clock import FakeClock
from support.repo import RepoBuilder
from support.seal import furnish, seal_libgit2, sealed
from support.templates import RepoMaker

_TESTS = Path(__file__).parent
_homes = itertools.count()
_BASE = pytest.StashKey[Path]()

# No time limit on an example: how fast a busy machine is says nothing about the code.
hypothesis.settings.register_profile("gitprov", deadline=None, print_blob=True)
hypothesis.settings.load_profile("gitprov")


def pytest_configure(config: pytest.Config) -> None:
    """Seal the process before anything is collected, so that what reads HOME when it is imported reads a sealed one."""
    base = Path(tempfile.mkdtemp(prefix="gitprov-homes-")).resolve()
    config.stash[_BASE] = base
    config.add_cleanup(lambda: shutil.rmtree(base, ignore_errors=True))
    home = base / "session"
    furnish(home)
    environ = sealed(os.environ, home, ceiling=base.parent)
    os.environ.clear()
    os.environ.update(environ)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test by where it stands, so that `-m "not e2e"` leaves nothing out and nothing in by oversight."""
    for item in items:
        for kind in {"e2e", "property"} & set(item.path.relative_to(_TESTS).parts):
            item.add_marker(kind)


@pytest.fixture(autouse=True)
def home(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return this test's own HOME; the test stands in it, in a sealed environment."""
    base = pytestconfig.stash[_BASE]
    home = base / str(next(_homes))
    furnish(home)
    environ = sealed(os.environ, home, ceiling=base.parent)
    for name in os.environ.keys() - environ.keys():
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(home)
    seal_libgit2(home)
    # Ctrl-C works in every test: a shell without job control has what it starts in the background ignore it, and so
    # does a run that was recorded in this process, once its child has ended.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return home


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where template repositories are kept, made as tests ask for them."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture
def make_repo(templates: Path, tmp_path: Path) -> RepoMaker:
    """Return a maker of repositories: `make_repo()`, `make_repo("hub", bare=True)`, `make_repo(empty=True)`."""
    return RepoMaker(templates, tmp_path)


@pytest.fixture
def repo(make_repo: RepoMaker) -> RepoBuilder:
    """Return a repository with one commit."""
    return make_repo()


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that moves when it is told to."""
    return FakeClock()
