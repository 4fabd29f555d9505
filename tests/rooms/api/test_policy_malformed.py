"""Files that are wrong, as people write them: what is said names the line and the key, and git works beside them."""

import os
from typing import NamedTuple

import pytest

from gitprov.api.policy.loading import INDEX, PolicyError, load, policy
from gitprov.errors import ConfigError
from support.program import git_prov
from support.records import session_in
from support.repo import RepoBuilder

FILE = ".gitprov.toml"


class Bad(NamedTuple):
    """A text, and what is said of it."""

    name: str
    text: str
    line: int
    key: str
    reason: str
    stops_run: bool = False
    """Whether `git prov run` cannot tell from it how to run: it says so before the command begins."""


NO_TOML = (
    Bad("text without quotes", "[capture]\ntrace = auto\n", 2, "capture.trace", "a text stands in quotes"),
    Bad("quotes not closed", '[capture]\ntrace = "auto\n', 2, "capture.trace", "no closing quotes"),
    Bad("list not closed", '[capture]\nmetrics = ["a",\n\n[data]\n', 4, "capture.metrics", "without its ]"),
    Bad("no equals sign", '[rules.acceptance]\nlevel "warn"\n', 2, "rules.acceptance.level", "has no = after it"),
    Bad("header not closed", "[rules.clean-tree\nlevel = 1\n", 1, "rules.clean-tree", "a header without its ]"),
    Bad("two on a line", "[data]\nkeep = true remote = 'a'\n", 2, "data.keep", "one key a line"),
    Bad("key twice", '[rules.clean-tree]\nlevel = "warn"\n\nlevel = "off"\n', 4, "rules.clean-tree.level", "twice"),
    Bad("table twice", "[data]\n[capture]\n[data]\n", 3, "data", "stands there twice"),
    Bad("backslash", '[capture]\nredact = ["\\d+"]\n', 2, "capture.redact", "take single quotes"),
    Bad("conflict markers", "<<<<<<< HEAD\n[data]\n=======\n", 1, "<<<<<<< HEAD", "is no TOML"),
    Bad("byte order mark", "\ufeff[data]\nkeep = true\n", 1, "", "byte order mark"),
    Bad("nested too deeply", "[people]\nx = " + "[" * 5000 + "\n", 2, "people.x", ""),
)
WRONG = (
    Bad("unknown table", "[rulez.clean-tree]\n", 1, "rulez", "did you mean 'rules'?", stops_run=True),
    Bad(
        "unknown rule", '\n[rules.result-needs-run]\nlevel = "warn"\n', 2, "rules.result-needs-run", "results-need-run"
    ),
    Bad(
        "unknown key", '[rules.clean-tree]\n# all\npath = ["x"]\n', 3, "rules.clean-tree.path", "did you mean 'paths'?"
    ),
    Bad(
        "wrong level", '[rules.clean-tree]\nlevel = "error"\n', 2, "rules.clean-tree.level", "'off', 'warn' or 'block'"
    ),
    Bad("level as bool", "[rules]\nclean-tree = { level = true }\n", 2, "rules.clean-tree.level", "'block': True"),
    Bad("rule that is no table", '[rules]\nclean-tree = "block"\n', 2, "rules.clean-tree", "is not a table: block"),
    Bad("rules that are no table", "rules = ['clean-tree']\n", 1, "rules", "is not a table"),
    Bad(
        "wrong stage",
        '[rules.acceptance]\nstages = [\n  "pre-push",\n  "push",\n]\n',
        4,
        "rules.acceptance.stages[1]",
        "push",
    ),
    Bad("text for a list", '[rules.clean-tree]\npaths = "r/**"\n', 2, "rules.clean-tree.paths", 'write ["r/**"]'),
    Bad("bad glob", '[rules.clean-tree]\npaths = ["results/[ab"]\n', 2, "rules.clean-tree.paths[0]", "[ without its ]"),
    Bad("path outside", '[rules.clean-tree]\npaths = ["../x"]\n', 2, "rules.clean-tree.paths[0]", "matches nothing"),
    Bad(
        "full branch",
        '[rules.clean-tree]\nbranches = ["refs/heads/main"]\n',
        2,
        "rules.clean-tree.branches[0]",
        "short",
    ),
    Bad(
        "bad branch", '[rules.clean-tree]\nbranches = ["a..b"]\n', 2, "rules.clean-tree.branches[0]", "a branch or tag"
    ),
    Bad("bad size", '[rules.data-as-pointers]\nmax_size = "10 megs"\n', 2, "rules.data-as-pointers.max_size", "10 MiB"),
    Bad(
        "bad criterion",
        '[rules.acceptance]\ncriteria = ["acc is good"]\n',
        2,
        "rules.acceptance.criteria[0]",
        "accuracy >=",
    ),
    Bad("no fields", "\n[rules.required-fields]\nfields = []\n", 2, "rules.required-fields", "asks for nothing"),
    Bad("unknown field", '[rules.required-fields]\nfields = ["sed"]\n', 2, "rules.required-fields.fields[0]", "seed"),
    Bad("negative count", "[rules.needs-review]\ncount = -1\n", 2, "rules.needs-review.count", "is less than 1: -1"),
    Bad("count as bool", "[rules.needs-review]\ncount = true\n", 2, "rules.needs-review.count", "not a whole number"),
    Bad("no paths", '[rules.results-need-run]\nlevel = "block"\n', 1, "rules.results-need-run", "give it paths"),
    Bad("unknown class", '[rules.data-classes]\nclasses = ["x"]\n', 2, "rules.data-classes.classes[0]", "not declared"),
    Bad(
        "unknown signer", '[rules.signed-records]\nsigners = ["@a"]\n', 2, "rules.signed-records.signers[0]", "[people]"
    ),
    Bad("class without paths", "[data.classes.s]\nlicences = []\n", 1, "data.classes.s.paths", "is missing"),
    Bad("bad retention", '[retention.raw]\nkeep = "long"\n', 2, "retention.raw.keep", "10 years"),
    Bad("bad handle", '[people]\nana = "ana@x.org"\n', 2, "people.ana", "@org/team"),
    Bad("bad address", '[people]\n"@ana" = "Ana"\n', 2, 'people."@ana"', "is not an e-mail address"),
    Bad("bad tolerance", "[tolerance]\nauc = { abs = -1 }\n", 2, "tolerance.auc", "is no tolerance"),
    Bad(
        "bad expression",
        "[capture]\nredact = ['(']\n",
        2,
        "capture.redact[0]",
        "not a regular expression",
        stops_run=True,
    ),
    Bad("bad trace", '[capture]\ntrace = "all"\n', 2, "capture.trace", "'strace' or 'off': all", stops_run=True),
    Bad(
        "negative size", "[capture]\nsnapshot_max_file = -1\n", 2, "capture.snapshot_max_file", "a size", stops_run=True
    ),
    Bad("remote that is none", '[data]\nremote = "x"\n', 2, "data.remote", "names no remote"),
    Bad("secret", '[data.remotes.s]\nurl = "s3://b"\ntoken = "x"\n', 1, "data.remotes.s", "does not belong"),
)
EVERY = NO_TOML + WRONG


@pytest.mark.parametrize("bad", EVERY, ids=[bad.name.replace(" ", "-") for bad in EVERY])
def test_a_malformed_file_is_refused_by_line_and_key(repo: RepoBuilder, bad: Bad) -> None:
    repo.write(FILE, bad.text)

    with pytest.raises(PolicyError) as caught:
        policy(session_in(repo.path).repo)

    said = caught.value.message
    assert f"{FILE}:{bad.line}: " in said
    assert bad.key in said
    assert bad.reason in said
    assert [fault.line for fault in caught.value.faults] == [bad.line]


@pytest.mark.parametrize("bad", EVERY, ids=[bad.name.replace(" ", "-") for bad in EVERY])
def test_below_tool_gitprov_of_pyproject_the_same_faults_are_found(repo: RepoBuilder, bad: Bad) -> None:
    if bad in NO_TOML:
        text = f"[tool.gitprov]\n{bad.text}"
    else:
        text = bad.text.replace("[", "[tool.gitprov.", 1) if bad.text.lstrip().startswith("[") else ""
    if not text or bad.name == "byte order mark":
        pytest.skip("cannot stand there so")
    repo.write("pyproject.toml", text)

    with pytest.raises(PolicyError) as caught:
        policy(session_in(repo.path).repo)

    assert caught.value.file == "pyproject.toml"
    assert bad.reason in caught.value.message
    if bad in WRONG:
        assert f"pyproject.toml:{bad.line}: tool.gitprov.{bad.key} " in caught.value.message


def test_every_fault_of_a_file_is_said_at_once_in_the_order_of_its_lines(repo: RepoBuilder) -> None:
    repo.write(
        FILE, '[people]\nana = 5\n[capture]\ntrace = "all"\n[rules.acceptance]\nlevel = 1\ncriteria = ["?"]\n[x]\n'
    )

    with pytest.raises(PolicyError) as caught:
        policy(session_in(repo.path).repo)

    assert [fault.line for fault in caught.value.faults] == [2, 2, 4, 6, 7, 8]
    assert caught.value.message.startswith(f"{FILE} has 6 faults\n{FILE}:2: people.ana ")


def test_of_very_many_faults_some_are_said_and_the_others_counted(repo: RepoBuilder) -> None:
    repo.write(FILE, "[people]\n" + "".join(f'x{number} = "a@b.c"\n' for number in range(70)))

    with pytest.raises(PolicyError) as caught:
        policy(session_in(repo.path).repo)

    assert len(caught.value.faults) == 70
    assert caught.value.message.splitlines()[-1] == "and 20 more"


def test_what_is_not_utf8_is_refused_with_its_line(repo: RepoBuilder) -> None:
    repo.write(FILE, b'[capture]\n# caf\xe9\ntrace = "auto"\n')

    with pytest.raises(PolicyError, match=f"{FILE}:2: is not UTF-8: it has the byte 0xe9"):
        policy(session_in(repo.path).repo)


def test_control_characters_of_a_file_do_not_reach_the_terminal(repo: RepoBuilder) -> None:
    repo.write(FILE, '[rules.clean-tree]\n"\\u001b[31m" = 1\n')

    with pytest.raises(PolicyError) as caught:
        policy(session_in(repo.path).repo)

    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("kind", ["directory", "fifo", "huge", "a very long key", "endless", "link out", "unreadable"])
def test_what_is_no_file_to_read_is_refused_and_never_waited_for(repo: RepoBuilder, kind: str) -> None:
    path = repo.path / FILE
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "huge":
        path.write_bytes(b"#" * (2 << 20))
    elif kind == "a very long key":
        path.write_text("a" + " . 'a'.a" * 100_000 + " = 1\n")  # the parser would be at it for hours
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    elif kind == "link out":
        (repo.path.parent / "elsewhere.toml").write_text("")
        path.symlink_to("../elsewhere.toml")
    else:
        path.touch(mode=0)
        if os.access(path, os.R_OK):
            pytest.skip("this user reads everything")

    with pytest.raises(ConfigError, match=FILE):
        policy(session_in(repo.path).repo)
    outcome = git_prov("run", "true", cwd=repo.path)
    assert outcome.status == (0 if kind == "link out" else 128), outcome.stderr


def test_a_link_inside_the_repository_is_followed_in_the_working_tree_and_refused_in_git(repo: RepoBuilder) -> None:
    repo.write("conf/prov.toml", '[rules.clean-tree]\nlevel = "block"\n')
    (repo.path / FILE).symlink_to("conf/prov.toml")
    repo.git("add", ".")
    session = session_in(repo.path)

    assert [name for name, _ in policy(session.repo).rules()] == ["clean-tree"]
    with pytest.raises(ConfigError, match="is a link"):
        policy(session.repo, INDEX)


@pytest.mark.e2e
def test_git_commits_and_runs_go_on_beside_every_malformed_file(repo: RepoBuilder) -> None:
    assert git_prov("init", cwd=repo.path).status == 0
    for bad in EVERY:
        repo.write(FILE, bad.text)
        repo.git("commit", "-q", "-a", "--allow-empty", "-m", bad.name)
        repo.git("add", FILE)
        repo.git("commit", "-q", "--allow-empty", "-m", f"{bad.name}, committed")

    assert int(repo.git("rev-list", "--count", "HEAD")) == 1 + 2 * len(EVERY)


@pytest.mark.e2e
@pytest.mark.parametrize("bad", WRONG, ids=[bad.name.replace(" ", "-") for bad in WRONG])
def test_a_run_is_stopped_only_by_what_it_goes_by_itself(repo: RepoBuilder, bad: Bad) -> None:
    repo.write(FILE, bad.text)

    outcome = git_prov("run", "true", cwd=repo.path)

    assert outcome.status == (128 if bad.stops_run else 0), outcome.stderr


def test_a_file_that_says_nothing_and_no_file_are_no_policy(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    assert list(policy(session.repo).rules()) == []
    assert load(session.repo).file == ""
    repo.write(FILE, "# nothing yet\n")
    assert list(policy(session.repo).rules()) == []
    assert load(session.repo).file == FILE
