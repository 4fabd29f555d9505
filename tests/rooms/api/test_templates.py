"""Templates laid into a working tree: what is written, what is kept, what is refused."""

import os
from pathlib import Path

import pytest

from gitprov.api.policy.loading import load
from gitprov.api.setup import local
from gitprov.api.setup.local import Report
from gitprov.api.templates import finding
from gitprov.api.templates.beginning import begin, plan
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.policy import Level
from support.gits import use_git
from support.records import opened, session_in
from support.repo import RepoBuilder
from support.templates import RepoMaker

OURS = ("benchmark", "course", "research")


def lay(where: Path, name: str) -> Report:
    """Lay a template, as `git prov init --template` does."""
    with opened(where) as session:
        return begin(session, plan(session, name))


def own(repo: RepoBuilder, name: str, files: dict[str, str]) -> None:
    """Give the repository a template of its own."""
    for path, content in files.items():
        repo.write(f".gitprov/templates/{name}/{path}", content)


@pytest.mark.parametrize("name", OURS)
def test_a_template_passes_its_own_check_and_only_warns(repo: RepoBuilder, name: str) -> None:
    lay(repo.path, name)

    with opened(repo.path) as session:
        shared = load(session.repo).shared
    rules = dict(shared.rules.rules())
    assert len(rules) >= 3
    assert {rule.level for rule in rules.values()} == {Level.WARN}
    assert shared.experiments.template == name


def test_ours_are_all_there_are_and_each_has_both_parts(repo: RepoBuilder) -> None:
    session = session_in(repo.path)

    assert finding.names(session.repo) == list(OURS)
    for name in OURS:
        found = finding.find(session.repo, name, session.cwd)
        assert {".gitignore", ".gitmessage", ".gitprov.toml"} <= {
            one.path for one in finding.pieces(found, "repository")
        }
        assert "experiment.toml" in {one.path for one in finding.pieces(found, "experiment")}


def test_what_was_written_is_said_and_how_to_commit_it(repo: RepoBuilder) -> None:
    report = lay(repo.path, "research")

    assert report.done[:3] == ["wrote .gitignore", "wrote .gitmessage", "wrote .gitprov.toml"]
    assert report.done[-1] == (
        "commit it: git add .gitignore .gitmessage .gitprov.toml && git commit -m 'Begin with the template research'"
    )
    assert repo.git("status", "--porcelain") == "?? .gitignore\n?? .gitmessage\n?? .gitprov.toml"


def test_from_below_the_command_names_the_files_from_there(repo: RepoBuilder) -> None:
    below = repo.write("a/b/x").parent

    assert "git add ../../.gitignore " in lay(below, "research").done[-1]
    assert (repo.path / ".gitprov.toml").is_file()


def test_what_is_there_is_kept_byte_for_byte(repo: RepoBuilder) -> None:
    before = {".gitprov.toml": "[capture]\n", ".gitmessage": "mine\n", ".github/workflows/reproduce.yml": "on: push\n"}
    repo.commit("mine", before)

    report = lay(repo.path, "course")

    assert {path: (repo.path / path).read_text() for path in before} == before
    kept = [note for note in report.notes if note.startswith("kept ")]
    assert kept == [f"kept {path}: it is there already" for path in sorted(before)]


def test_a_second_time_nothing_changes(repo: RepoBuilder) -> None:
    lay(repo.path, "research")
    repo.commit("begin")

    report = lay(repo.path, "research")

    assert repo.git("status", "--porcelain") == ""
    assert report.done == []
    assert "kept .gitprov.toml: it is the same already" in report.notes
    assert "all that template research brings is here already" in report.notes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*.o\n", "*.o\n# from the template research\ndata/\n__pycache__/\n.venv/\n"),
        ("*.o", "*.o\n# from the template research\ndata/\n__pycache__/\n.venv/\n"),
        ("", "# from the template research\ndata/\n__pycache__/\n.venv/\n"),
        ("data/\r\n.venv/\r\n", "data/\r\n.venv/\r\n# from the template research\r\n__pycache__/\r\n"),
        ("!data/\n", "!data/\n# from the template research\n__pycache__/\n.venv/\n"),
        (".venv/\n  data/\n__pycache__/\n", ".venv/\n  data/\n__pycache__/\n"),
    ],
)
def test_lines_of_gitignore_are_added_once(repo: RepoBuilder, before: str, after: str) -> None:
    repo.write(".gitignore", before)

    lay(repo.path, "research")

    assert (repo.path / ".gitignore").read_bytes().decode() == after


@pytest.mark.parametrize("there", [None, "*.o\n"])
def test_no_line_hides_what_git_has(repo: RepoBuilder, there: str | None) -> None:
    repo.commit("data", {"data/a.csv": "1\n"})
    if there is not None:
        repo.write(".gitignore", there)

    report = lay(repo.path, "research")

    assert "data/" not in (repo.path / ".gitignore").read_text()
    assert "not added to .gitignore: data/, because git has such files" in report.notes


def test_settings_in_pyproject_are_not_hidden_by_a_file_beside_it(repo: RepoBuilder) -> None:
    repo.write("pyproject.toml", "[tool.gitprov.capture]\n")

    report = lay(repo.path, "research")

    assert not (repo.path / ".gitprov.toml").exists()
    assert any("settings stand in pyproject.toml" in note for note in report.notes)


def test_nothing_is_written_through_a_link(repo: RepoBuilder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.path / ".github").symlink_to(outside)
    (repo.path / ".gitmessage").symlink_to(outside / "message")
    (outside / "ignore").write_text("mine\n")
    (repo.path / ".gitignore").symlink_to(outside / "ignore")

    report = lay(repo.path, "course")

    assert sorted(path.name for path in outside.iterdir()) == ["ignore"]
    assert (outside / "ignore").read_text() == "mine\n"
    assert "kept .github/workflows/reproduce.yml: .github is a link" in report.notes


def test_what_git_ignores_is_said(repo: RepoBuilder) -> None:
    repo.commit("ignored", {".gitignore": ".git*\n!.gitignore\n"})

    report = lay(repo.path, "research")

    assert "git ignores .gitprov.toml: to commit it, git add -f" in report.notes
    assert "git add .gitignore &&" in report.done[-1]


def test_a_template_of_the_repositorys_own_comes_first_and_has_its_names_filled_in(repo: RepoBuilder) -> None:
    own(repo, "research", {"repository/NOTES.md": "$project, $owner; $$5 $other ${x}\n", "repository/dot-x/y": "z"})

    report = lay(repo.path, "research")

    assert (repo.path / "NOTES.md").read_text().startswith("repo, ")
    assert (repo.path / "NOTES.md").read_text().endswith("; $5 $other ${x}\n")
    assert (repo.path / ".x/y").read_text() == "z"
    assert report.done[:2] == ["wrote .x/y", "wrote NOTES.md"]


def test_a_directory_is_a_template_too(repo: RepoBuilder, tmp_path: Path) -> None:
    script = tmp_path / "lab/repository/go.sh"
    script.parent.mkdir(parents=True)
    script.write_bytes(b"\xff\x00$project")
    script.chmod(0o755)

    lay(repo.path, "../lab")

    assert (repo.path / "go.sh").read_bytes() == b"\xff\x00$project"
    assert os.access(repo.path / "go.sh", os.X_OK)


@pytest.mark.parametrize("address", ["https://host/t.git", "ssh://host/t", "git@host:t.git", "file:///x"])
def test_nothing_is_ever_fetched(repo: RepoBuilder, address: str) -> None:
    with pytest.raises(UsageError, match="would have to be fetched"), opened(repo.path) as session:
        plan(session, address)


def test_an_unknown_name_names_the_known_ones(repo: RepoBuilder) -> None:
    own(repo, "lab", {"repository/x": ""})

    with pytest.raises(NotFound) as caught, opened(repo.path) as session:
        plan(session, "reserch")

    assert caught.value.hint == "there are: benchmark, course, lab, research"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("repository/dot-git/hooks/pre-commit", "reaches into .git"),
        ("repository/dot-GIT/config", "reaches into .git"),
        ("repository/a/dot-.", "climbs out of the repository"),
    ],
)
def test_what_would_reach_out_is_refused_before_anything_is_written(repo: RepoBuilder, path: str, why: str) -> None:
    own(repo, "bad", {"repository/a.txt": "", path: "x"})

    with pytest.raises(ProvError, match=why), opened(repo.path) as session:
        plan(session, "bad")

    assert not (repo.path / "a.txt").exists()


def test_links_in_a_template_are_refused(repo: RepoBuilder, tmp_path: Path) -> None:
    own(repo, "bad", {"repository/a.txt": ""})
    for link in ("bad/repository/b", "bad/experiment", "linked"):
        (repo.path / ".gitprov/templates" / link).symlink_to(tmp_path)

    with opened(repo.path) as session:
        bad = finding.find(session.repo, "bad", session.cwd)
        with pytest.raises(ProvError, match="repository/b is a link"):
            finding.pieces(bad, "repository")
        with pytest.raises(ProvError, match="experiment is a link"):
            finding.pieces(bad, "experiment")
        with pytest.raises(ProvError, match="templates/linked is a link"):
            finding.find(session.repo, "linked", session.cwd)


def test_settings_that_are_malformed_are_refused_by_their_own_line(repo: RepoBuilder) -> None:
    own(repo, "bad", {"repository/dot-gitprov.toml": "\n[ruls]\n"})

    with pytest.raises(ProvError, match="of the template bad:2: ruls is not known"), opened(repo.path) as session:
        plan(session, "bad")


def test_without_a_working_tree_there_is_nowhere_to_write(make_repo: RepoMaker) -> None:
    with pytest.raises(ProvError, match="no working tree"), opened(make_repo("hub", bare=True).path) as session:
        plan(session, "research")


def test_a_linked_worktree_gets_its_own_files(repo: RepoBuilder, tmp_path: Path) -> None:
    linked = repo.worktree(tmp_path / "linked", "topic")

    lay(linked.path, "research")

    assert (linked.path / ".gitprov.toml").is_file()
    assert not (repo.path / ".gitprov.toml").exists()


def test_an_older_git_is_not_told_of_a_file_that_may_be_absent(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_git("hook files", monkeypatch)
    takes_it = repo.git("-c", "x.y=:(optional)/nowhere", "config", "--type=path", "--default", "", "x.y") == ""
    if takes_it:
        pytest.skip("this git takes a path that may be absent")

    report = lay(repo.path, "research")

    assert "commit.template" not in (repo.path / ".git/config").read_text()
    assert any(note.startswith("to see .gitmessage") for note in report.notes)


def test_a_newer_git_shows_the_commit_template_until_deinit(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    use_git("config hooks", monkeypatch)
    before = (repo.path / ".git/config").read_bytes()
    with opened(repo.path) as session:
        local.init(session, program="git-prov")

    lay(repo.path, "research")
    assert repo.git("config", "commit.template") == ":(optional).gitmessage"
    (repo.path / ".gitmessage").unlink()
    repo.git("-c", "core.editor=echo said >", "commit", "--allow-empty")

    with opened(repo.path) as session:
        local.deinit(session)
    assert (repo.path / ".git/config").read_bytes() == before


def test_a_commit_template_of_the_persons_own_stays(repo: RepoBuilder) -> None:
    repo.git("config", "commit.template", "mine")

    assert "commit.template stays mine; the template's is .gitmessage" in lay(repo.path, "research").notes
    assert repo.git("config", "commit.template") == "mine"
