from pathlib import Path

import generate
from gitprov.cli.app import cli
from gitprov.errors import ExitStatus
from support.standin import program


def test_what_is_generated_is_what_the_commands_say() -> None:
    assert generate.stale(generate.DOCS, generate.files(cli)) == [], "run: python docs/generate.py"


def test_writing_makes_the_files_fresh_and_takes_away_what_has_no_command(tmp_path: Path) -> None:
    fresh = generate.files(program)
    generate.write(tmp_path, fresh)
    (tmp_path / "man/git-prov-gone.1").touch()
    (tmp_path / "man/git-prov-run.1").write_text("old")
    (tmp_path / "completions/git-prov.bash").unlink()

    not_fresh = ["completions/git-prov.bash", "man/git-prov-gone.1", "man/git-prov-run.1"]
    assert sorted(generate.stale(tmp_path, fresh)) == not_fresh
    assert sorted(generate.write(tmp_path, fresh)) == not_fresh
    assert generate.stale(tmp_path, fresh) == []


def test_every_exit_status_stands_in_its_reference_page() -> None:
    page = (generate.DOCS / "reference/exit-status.md").read_text()
    listed = {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("|")}

    assert {str(status.value) for status in ExitStatus} <= listed
