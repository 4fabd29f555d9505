import json
from typing import Any

import pytest

from gitprov.api.personal import KEYS
from gitprov.cli.main import main
from gitprov.errors import ExitStatus
from gitprov.model.policy.described import json_schema
from support.program import Outcome
from support.repo import RepoBuilder

TEXT = """[capture]
metrics = ["m.json"]
snapshot_max_file = "20 MiB"
[rules.results-need-run]
paths = ["results/**"]
[people]
"@ana" = "ana@x.org"
"""


@pytest.fixture
def config(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> "Ask":
    """Return what asks `git prov config` in the repository."""
    monkeypatch.chdir(repo.path)
    return Ask(repo, capfdbinary)


class Ask:
    """Asks, and keeps the repository at hand."""

    def __init__(self, repo: RepoBuilder, captured: pytest.CaptureFixture[bytes]) -> None:
        self.repo = repo
        self._captured = captured

    def __call__(self, *args: str) -> Outcome:
        """Run the verb and return what it said."""
        status = main(["config", *args])
        said = self._captured.readouterr()
        return Outcome(status, said.out.decode(), said.err.decode())

    def json(self, *args: str) -> dict[str, Any]:
        """Return the settings of the document, by key."""
        document = json.loads(self(*args, "--json").stdout)
        assert document["schema"] == 1
        return {one["key"]: one for one in document["settings"]}


def test_without_a_key_what_is_stated_is_listed_and_the_file_checked(config: Ask) -> None:
    config.repo.write(".gitprov.toml", TEXT)
    config.repo.git("config", "prov.push", "false")

    outcome = config()

    assert outcome.status == 0
    assert outcome.stdout.splitlines() == [
        'capture.metrics = ["m.json"]',
        'capture.snapshot_max_file = "20 MiB"',
        'rules.results-need-run.paths = ["results/**"]',
        'people."@ana" = "ana@x.org"',
        "prov.push = false",
    ]
    assert outcome.stderr == "note: .gitprov.toml is well-formed\n"


def test_where_nothing_is_set_it_says_how_to_see_the_defaults(config: Ask) -> None:
    outcome = config()
    assert (outcome.status, outcome.stdout) == (0, "")
    assert "git prov config --explain" in outcome.stderr


def test_explained_each_value_has_its_origin_and_meaning(config: Ask) -> None:
    config.repo.write(".gitprov.toml", TEXT)
    config.repo.git("config", "--global", "prov.sign", "true")
    text = config("--explain").stdout

    assert 'capture.trace = "auto"\n    default; git prov run --trace beats it\n    How a run is observed.\n' in text
    assert 'capture.snapshot_max_file = "20 MiB"\n    .gitprov.toml:3\n' in text
    assert 'rules.needs-review.level = "off"\n    default\n    `count` others accepted' in text
    assert "prov.sign = true\n    git config: global, " in text
    assert "prov.pushTimeout = 60\n    default\n    Seconds" in text


def test_a_key_gives_its_value_alone_and_a_table_all_below_it(config: Ask) -> None:
    config.repo.write(".gitprov.toml", TEXT)

    assert config("capture.trace").stdout == "auto\n"
    assert config("capture.metrics").stdout == '["m.json"]\n'
    assert config("PROV.PUSHTIMEOUT").stdout == "60\n"
    assert config("rules.results-need-run").stdout.splitlines() == [
        'rules.results-need-run.level = "warn"',
        'rules.results-need-run.paths = ["results/**"]',
        "rules.results-need-run.branches = []",
        'rules.results-need-run.stages = ["pre-commit"]',
    ]


def test_a_key_that_there_is_not_is_refused_with_the_nearest(config: Ask) -> None:
    outcome = config("capture.trac")
    assert outcome.status == ExitStatus.FATAL
    assert outcome.stderr == "fatal: there is no setting 'capture.trac'\nhint: did you mean 'capture.trace'?\n"
    assert "did you mean 'rules'?" in config("rule").stderr
    assert "git prov config --explain" in config("xyzzy").stderr
    assert config("retention") == (0, "", "")


def test_programs_read_every_setting_with_its_origin(config: Ask) -> None:
    config.repo.write(".gitprov.toml", TEXT)
    config.repo.git("config", "prov.store", "/srv/store")
    found = config.json()

    assert found["capture.metrics"] == {
        "key": "capture.metrics",
        "value": ["m.json"],
        "origin": "file",
        "where": ".gitprov.toml",
        "line": 2,
        "says": "Files read after every run that wrote them, as patterns from the top of the repository.",
        "flag": "git prov run --metrics",
    }
    assert found["prov.store"]["where"] == "local, .git/config"
    assert found["capture.trace"]["origin"] == "default"
    assert {key.name for key in KEYS} <= found.keys()
    assert config.json("people").keys() == {'people."@ana"'}


def test_keys_of_git_config_that_mean_nothing_or_cannot_be_used_are_named(config: Ask) -> None:
    for key, value in (
        ("prov.snapshot", "x"),
        ("prov.foo", "x"),
        ("prov.pushTimeout", "soon"),
        ("prov.storeLink", "x"),
        ("prov.push", "?"),
    ):
        config.repo.git("config", key, value)
    outcome = config()

    assert outcome.status == 0
    for said in (
        "prov.snapshot means nothing here; did you mean prov.snapshots? (local, .git/config)",
        "prov.foo means nothing here (local, .git/config)",
        "prov.pushTimeout is 'soon', not a number",
        "prov.storeLink is 'x', not one of auto, reflink, hardlink, copy",
        "prov.push = '?' is neither true nor false",
    ):
        assert said in outcome.stderr


def test_a_malformed_file_is_refused_with_all_its_faults(config: Ask) -> None:
    config.repo.write(".gitprov.toml", '[capture]\ntrace = "x"\n[rulez]\n')
    outcome = config()

    assert outcome.status == ExitStatus.FATAL
    assert outcome.stdout == ""
    assert outcome.stderr.splitlines() == [
        "fatal: .gitprov.toml has 2 faults",
        ".gitprov.toml:2: capture.trace is not 'auto', 'python', 'strace' or 'off': x",
        ".gitprov.toml:3: rulez is not known; did you mean 'rules'?",
        "hint: mend the file, then see: git prov config",
    ]


def test_a_table_of_pyproject_that_is_not_read_is_said(config: Ask) -> None:
    config.repo.write("pyproject.toml", "[tool.gitprov.capture]\n")
    config.repo.write(".gitprov.toml", "")
    assert "[tool.gitprov] of pyproject.toml is not read" in config().stderr


def test_the_schema_is_printed_outside_of_repositories_too(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir("/")
    assert main(["config", "--schema"]) == 0
    assert json.loads(capfdbinary.readouterr().out) == json_schema()


def test_doctor_says_when_the_file_is_malformed(config: Ask, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    config.repo.write(".gitprov.toml", '[rules.clean-tree]\nlevel = "x"\n[x]\n')
    config.repo.git("config", "prov.pusch", "x")
    assert main(["doctor"]) == ExitStatus.NO
    said = capfdbinary.readouterr().out.decode()

    assert "!! settings: .gitprov.toml:2: rules.clean-tree.level is not 'off', 'warn' or 'block': x; 2 faults" in said
    assert "-- git config: git config prov.pusch means nothing here; did you mean prov.push?" in said


def test_doctor_says_when_it_is_well(config: Ask, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    config.repo.write(".gitprov.toml", TEXT)
    main(["doctor"])
    assert "ok settings: .gitprov.toml is well-formed" in capfdbinary.readouterr().out.decode()
