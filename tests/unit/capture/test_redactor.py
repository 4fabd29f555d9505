import re

import pytest

from gitprov.capture.secrets.redactor import Redactor
from gitprov.errors import ConfigError

GITHUB = "ghp_" + "".join(chr(ord("a") + i % 26) + str(i % 10) for i in range(18))


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["train", "--password", "x1"], ["train", "--password", "[redacted:password]"]),
        (["train", "--token=x"], ["train", "--token=[redacted:token]"]),
        (["train", "-api-key", "x"], ["train", "-api-key", "[redacted:key]"]),
        (["env", "API_KEY=x", "./a.sh"], ["env", "API_KEY=[redacted:key]", "./a.sh"]),
        (["train", "+wandb.api_key=x"], ["train", "+wandb.api_key=[redacted:key]"]),
        (["curl", "-u", "ana:pw", "https://h"], ["curl", "-u", "ana:[redacted:password]", "https://h"]),
        (["curl", "--user=ana:pw"], ["curl", "--user=ana:[redacted:password]"]),
        (["/usr/bin/curl", "-uana:pw"], ["/usr/bin/curl", "-uana:[redacted:password]"]),
        (["curl", "-u", "ana"], ["curl", "-u", "ana"]),
        (["mysql", "-phush", "db"], ["mysql", "-p[redacted:password]", "db"]),
        (["sshpass", "-p", "hush", "ssh", "h"], ["sshpass", "-p", "[redacted:password]", "ssh", "h"]),
        (["curl", "-H", "Authorization: Bearer abc"], ["curl", "-H", "Authorization: Bearer [redacted:token]"]),
        (["curl", "-H", "X-Api-Key: abc"], ["curl", "-H", "X-Api-Key: [redacted:token]"]),
        (["x", "postgres://ana:pw@db/x"], ["x", "postgres://db/x"]),
        (["x", GITHUB], ["x", "[redacted:github-token]"]),
        (["sh", "-c", "HF_TOKEN=abc run --password 'a b' -n 1"],
         ["sh", "-c", "HF_TOKEN=[redacted:token] run --password '[redacted:password]' -n 1"]),
    ],
)  # fmt: skip
def test_secrets_on_a_command_line_are_hidden(argv: list[str], expected: list[str]) -> None:
    assert Redactor().argv(argv) == expected


@pytest.mark.parametrize(
    "argv",
    [
        ["python", "train.py", "--lr", "0.1", "-p", "80:80"],
        ["train", "--pad-token", "x", "--max_tokens=512", "--placeholder_token=<cat>", "--tokenizer", "bpe"],
        ["train", "--use-auth-token", "--fp16"],
        ["train", "--use_auth_token", "true"],
        ["train", "--private-key", "/etc/keys/id_rsa"],
        ["train", "--api-key", "$API_KEY", "--token=<token>"],
        ["git", "clone", "https://host/owner/repo", "ssh://git@host/x", "git@host:owner/repo"],
        ["echo", "the keyboard: press", "author:", "compass=north"],
        [],
    ],
)
def test_an_ordinary_command_line_stays_as_it_is(argv: list[str]) -> None:
    redactor = Redactor()
    assert redactor.argv(argv) == argv
    assert redactor.found == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ana:pw@host/owner/repo.git", "https://host/owner/repo.git"),
        ("https://token@host/x", "https://host/x"),
        ("ssh://git@host:22/x", "ssh://git@host:22/x"),
        ("ssh://git:pw@host/x", "ssh://git@host/x"),
        ("git@host:owner/repo.git", "git@host:owner/repo.git"),
        ("https://h/x?access_token=abc&page=2#top", "https://h/x?access_token=[redacted:token]&page=2#top"),
        ("https://s/b?X-Amz-Signature=0f&v=1", "https://s/b?X-Amz-Signature=[redacted:token]&v=1"),
        ("../local/path", "../local/path"),
    ],
)
def test_a_url_keeps_its_place_and_loses_its_credentials(url: str, expected: str) -> None:
    assert Redactor().url(url) == expected


def test_values_under_secret_names_are_hidden_wherever_they_are_nested() -> None:
    data = {
        "lr": 0.1,
        "max_token": 5,
        "db": {"password": 12345, "user": "ana", "passwordReset": True},
        "list": [{"apiKey": "abc"}, "plain", GITHUB],
        "token": None,
        "secret": {"name": "inner"},
    }
    assert Redactor().value(data) == {
        "lr": 0.1,
        "max_token": 5,
        "db": {"password": "[redacted:password]", "user": "ana", "passwordReset": True},
        "list": [{"apiKey": "[redacted:key]"}, "plain", "[redacted:github-token]"],
        "token": None,
        "secret": {"name": "[redacted:secret]"},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it needs password=hunter and more", "it needs password=[redacted:password] and more"),
        ('{"api_key": "abc"}', '{"api_key": "[redacted:key]"}'),
        ("token: 8f3a", "token: [redacted:token]"),
        ("a token: the word", "a token: the word"),
        ("see https://ana:pw@host/x, please", "see https://host/x, please"),
    ],
)
def test_text_loses_what_is_assigned_and_keeps_what_is_said(text: str, expected: str) -> None:
    assert Redactor().text(text) == expected


def test_redacting_twice_changes_nothing_more() -> None:
    once = Redactor().text(f"password=abc {GITHUB} --token xyz Authorization: Basic YWJj")
    assert Redactor().text(once) == once


def test_bytes_that_are_not_text_survive_redaction() -> None:
    name = b"caf\xe9-".decode("utf-8", "surrogateescape")
    assert Redactor().text(name + GITHUB) == name + "[redacted:github-token]"


def test_the_projects_own_patterns_are_hidden_first() -> None:
    redactor = Redactor(["MY_INTERNAL_[A-Z]+"])
    assert redactor.text("see MY_INTERNAL_NAME") == "see [redacted:configured]"
    assert redactor.argv(["x", "MY_INTERNAL_A"]) == ["x", "[redacted:configured]"]
    assert redactor.found == {"configured": 2}


@pytest.mark.parametrize("pattern", ["(", "[a", ""])
def test_a_pattern_that_cannot_be_used_is_named(pattern: str) -> None:
    with pytest.raises(ConfigError) as error:
        Redactor([pattern])
    assert repr(pattern) in error.value.message
    assert "capture.redact" in error.value.hint


KEY = bytes(range(32))


def test_a_mark_carries_a_fingerprint_of_what_it_hides_that_only_the_key_makes() -> None:
    one, same, other = (Redactor(key=key).text(f"--password {secret}") for key, secret in [
        (KEY, "hunter22"), (KEY, "hunter22"), (bytes(32), "hunter22"),
    ])  # fmt: skip

    assert re.fullmatch(r"--password \[redacted:password#[0-9a-f]{8}\]", one)
    assert one == same
    assert one != other


def test_what_is_hidden_once_stays_as_it_is_when_it_is_looked_at_again() -> None:
    redactor = Redactor(key=KEY)
    once = redactor.value({"password": "hunter22", "command": ["x", "--token=abcdef123"], "url": "https://a:b1@h/"})

    assert redactor.value(once) == once


def test_a_secret_that_is_known_from_one_place_is_hidden_in_all_others() -> None:
    redactor = Redactor(environ={"DB_PASSWORD": "s3cr3t-value", "HOME": "/home/ana", "TOKENIZERS_PARALLELISM": "false"})

    assert redactor.text("connecting with s3cr3t-value to /home/ana") == (
        "connecting with [redacted:password] to /home/ana"
    )
    assert redactor.holds_known(b"key: s3cr3t-value\n") == "password"
    redactor.argv(["x", "--api-key", "abcdef99"])
    assert redactor.value({"note": "abcdef99"}) == {"note": "[redacted:key]"}


@pytest.mark.parametrize(
    "name", ["SSHPASS", "GHTOKEN", "MYTOKEN", "KAGGLE_KEY", "OPENAI_KEY", "SLURM_JWT", "MONGO_PW", "HF_TOKEN"]
)
def test_variables_that_people_keep_secrets_in_are_known(name: str) -> None:
    assert Redactor(environ={name: "s3cr3t-value"}).text("a s3cr3t-value b").startswith("a [redacted:")


def test_all_texts_of_a_list_or_table_under_a_secret_name_are_hidden() -> None:
    params = {"password": ["hunter2x"], "api_key": {"a": ("b1", 3)}, "token": [101, 102]}

    assert Redactor().value(params) == {
        "password": ["[redacted:password]"],
        "api_key": {"a": ["[redacted:key]", 3]},
        "token": [101, 102],
    }


def test_a_word_or_a_number_is_hidden_in_its_own_place_only() -> None:
    redactor = Redactor()
    redactor.argv(["x", "--password", "training", "--token", "20240101"])

    assert redactor.text("training since 20240101") == "training since 20240101"


def test_a_secret_that_is_found_late_is_hidden_in_what_stands_before_it() -> None:
    redactor = Redactor()
    fields = {"command": ["login.py", "correct7horse"], "params": {"password": "correct7horse"}}

    hidden = redactor.value(fields)

    assert hidden == {"command": ["login.py", "[redacted:password]"], "params": {"password": "[redacted:password]"}}
    assert redactor.value(hidden) == hidden
