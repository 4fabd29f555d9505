"""The light results, and what they do not cost."""

import subprocess
import sys

from gitprov.model.records import Unread, judge
from gitprov.model.results import GRADES, Graded
from gitprov.model.stored import Stored

FIELDS = {"kind": "run", "schema": 1, "id": "1" * 32, "status": "ok", "at": "2026-11-20T17:30:00Z", "by": "Ana"}


def test_a_stored_record_says_whether_it_was_understood() -> None:
    read, unread = judge(dict(FIELDS)), judge({**FIELDS, "schema": 2})
    assert isinstance(unread, Unread)
    assert Stored("1" * 32, "run", read, b"{}", "c" * 40, "2026-11-20T17:30:00Z").is_read
    assert not Stored("1" * 32, "run", unread, b"{}", "c" * 40, "2026-11-20T17:30:00Z").is_read


def test_grades_go_from_the_strongest_to_the_weakest() -> None:
    assert GRADES.index(Graded("1", "exact").grade) < GRADES.index("same-code") < GRADES.index("same-patch")


def test_what_the_hot_path_uses_loads_neither_pydantic_nor_other_heavy_modules() -> None:
    script = (
        "import sys\n"
        "from gitprov.model import ids, results, stamp, text\n"
        "from gitprov.records import toml\n"
        "print(*{'pydantic', 'tomllib', 'dataclasses', 'decimal', 'pygit2', 'json'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
