import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("cli", "hooks", "api", "capture", "records", "artifacts", "gitrepo", "views", "model", "observer")


def lint(where: Path) -> subprocess.CompletedProcess[str]:
    """Judge the package below `where` by the contracts of its `pyproject.toml`."""
    program = (
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
    )
    return subprocess.run([sys.executable, "-c", program], cwd=where, capture_output=True, text=True, check=False)


def test_the_package_keeps_its_contracts() -> None:
    judged = lint(ROOT)

    assert judged.returncode == 0, judged.stdout


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of the house with every room empty, in which a test may move a wall."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("", *ROOMS):
        (tmp_path / "gitprov" / room).mkdir()
        (tmp_path / "gitprov" / room / "__init__.py").touch()
    (tmp_path / "gitprov/errors.py").touch()
    (tmp_path / "gitprov/gitrepo/libgit2.py").write_text("import pygit2\n")
    (tmp_path / "gitprov/views/table.py").write_text("import rich.table\n")
    return tmp_path


def test_the_empty_house_keeps_them_too(house: Path) -> None:
    judged = lint(house)

    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize(
    ("file", "source", "broken"),
    [
        ("model/up.py", "import gitprov.records", "Imports run strictly downward"),
        ("records/up.py", "def later():\n    import gitprov.api", "Imports run strictly downward"),
        ("records/beside.py", "import gitprov.artifacts", "Imports run strictly downward"),
        ("attic/__init__.py", "", "Imports run strictly downward"),
        ("records/libgit2.py", "import pygit2", "pygit2 only in gitrepo"),
        ("cli/colour.py", "def show():\n    from rich.table import Table", "rich and jinja2 only in views"),
        ("api/page.py", "import jinja2", "rich and jinja2 only in views"),
        ("gitrepo/one.py", "import gitprov.gitrepo.two", "No import cycles"),
    ],
)
def test_a_wall_that_is_moved_breaks_its_contract(house: Path, file: str, source: str, broken: str) -> None:
    (house / "gitprov" / file).parent.mkdir(exist_ok=True)
    (house / "gitprov" / file).write_text(f"{source}\n")
    (house / "gitprov/gitrepo/two.py").write_text("import gitprov.gitrepo.one\n" if "one" in file else "")

    judged = lint(house)

    verdicts = [line for line in judged.stdout.splitlines() if " BROKEN" in line]
    assert judged.returncode == 1
    assert len(verdicts) == 1
    assert verdicts[0].startswith(broken)
