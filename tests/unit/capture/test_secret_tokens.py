"""Tokens are put together here at run time, so that nothing that looks like one stands in the repository."""

import random
import string

import pytest

from gitprov.capture.secrets import redactor as secrets
from gitprov.capture.secrets import tokens

_BASE62 = string.ascii_letters + string.digits
_BASE64 = _BASE62 + "+/"
_HEX = "0123456789abcdef"


def body(length: int, alphabet: str = _BASE62, seed: int = 7) -> str:
    rng = random.Random(seed)
    return "".join(rng.choice(alphabet) for _ in range(length))


def pem(label: str, *, line_end: str = "\n", armour: str = "") -> str:
    lines = [body(64, _BASE64, seed) for seed in range(6)]
    dashes = "-" * 5
    inner = line_end.join([f"{dashes}BEGIN {label}{dashes}", *([armour, ""] if armour else []), *lines])
    return f"{inner}{line_end}{dashes}END {label}{dashes}{line_end}"


TOKENS = {
    "aws-key": "AKIA" + body(16, string.ascii_uppercase + "234567"),
    "aws-key (session)": "ASIA" + body(16, string.ascii_uppercase + "234567"),
    "github-token": "ghp_" + body(36),
    "github-token (app)": "ghs_" + body(36),
    "github-token (oauth)": "gho_" + body(36),
    "github-token (fine-grained)": "github_pat_" + body(22) + "_" + body(59),
    "gitlab-token": "glpat-" + body(20, _BASE62 + "-_"),
    "slack-token": "xoxb-" + body(12, string.digits) + "-" + body(12, string.digits) + "-" + body(24),
    "slack-token (app)": "xapp-1-A" + body(10, string.digits) + "-" + body(12, string.digits) + "-" + body(64, _HEX),
    "google-key": "AIza" + body(35),
    "google-token": "GOCSPX-" + body(28),
    "huggingface-token": "hf_" + body(34, string.ascii_letters),
    "openai-key": "sk-" + body(48),
    "openai-key (project)": "sk-proj-" + body(64, _BASE62 + "-_"),
    "anthropic-key": "sk-ant-api03-" + body(93) + "AA",
    "stripe-key": "sk_live_" + body(24),
    "npm-token": "npm_" + body(36),
    "pypi-token": "pypi-Ag" + body(120),
    "wandb-key": "wandb_v1_" + body(60),
    "jwt": "eyJ" + body(30) + ".eyJ" + body(60) + "." + body(43),
    "azure-key": "AccountName=me;AccountKey=" + body(86, _BASE64) + "==;",
    "private-key": pem("PRIVATE KEY"),
    "private-key (openssh)": pem("OPENSSH PRIVATE KEY"),
    "private-key (rsa)": pem("RSA PRIVATE KEY"),
    "private-key (pgp)": pem("PGP PRIVATE KEY BLOCK", armour="Version: GnuPG v2"),
    "private-key (in JSON)": '{"private_key": "' + pem("PRIVATE KEY", line_end=r"\n") + '"}',
    "private-key (age)": "AGE-SECRET-KEY-1" + body(58, string.ascii_uppercase + string.digits),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_found_by_its_shape(name: str) -> None:
    data = f"first line\nvalue: {TOKENS[name]}\nlast line\n".encode()
    assert tokens.find(data) == name.split(" (", maxsplit=1)[0]


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_in_text_is_hidden_and_what_stands_round_it_is_kept(name: str) -> None:
    redactor = secrets.Redactor()
    text = redactor.text(f"before {TOKENS[name]} after")
    kind = name.split(" (", maxsplit=1)[0]
    assert f"[redacted:{kind}]" in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert redactor.found == {kind: 1}


def test_a_token_after_an_escaped_line_end_is_found() -> None:
    assert tokens.find(("export\\n" + TOKENS["github-token"]).encode()) == "github-token"


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        "ghp_" + body(12),
        "word" + TOKENS["github-token"],
        TOKENS["github-token"] + body(300),
        "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "hf_hub_download(repo_id, filename)",
        "sk-estimator-id-1 sk-toggleable__label",
        "sk-" + "0" * 48,
        "-" * 5 + "BEGIN PRIVATE KEY" + "-" * 5 + "\n...\n",
        "-" * 5 + "BEGIN PUBLIC KEY" + "-" * 5 + "\n" + body(64, _BASE64),
        "eyJ" + body(40),
        "npm_config_registry",
        "wandb.init(project='x')\n" + body(40, _HEX),
        "wandb @ git+https://host/wandb@" + body(40, _HEX),
    ],
)
def test_near_misses_and_made_up_tokens_are_left_alone(text: str) -> None:
    assert tokens.find(text.encode()) == ""
    assert secrets.Redactor().text(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f'password = "{body(16)}"', "password"),
        (f"DB_PASSWORD={body(20)}", "password"),
        (f'"client_secret": "{body(24)}"', "secret"),
        (f"api_key: {body(32)}", "key"),
        (f"apiKey: '{body(24)}'", "key"),
        (f"aws_secret_access_key = {body(40, _BASE64)}", "key"),
        (f'\\"auth_token\\": \\"{body(24)}\\"', "token"),
        (f"wandb login {body(40, _HEX)}", "wandb-key"),
        (f"WANDB_API_KEY={body(40, _HEX)}", "key"),
        (f"machine host.org login ana password {body(12)}", "password"),
    ],
)
def test_a_random_literal_that_is_assigned_to_a_secret_name_is_found(text: str, kind: str) -> None:
    assert tokens.find(f"x = 1\n{text}\ny = 2\n".encode()) in (kind, "wandb-key")


@pytest.mark.parametrize(
    "line",
    [
        'password = "changeme"',
        'password = "your-password-goes-here-1"',
        "api_key: <your api key 123456>",
        "API_KEY=${SECRET_API_KEY_12345}",
        'token = os.environ["HF_TOKEN_2024_PROD"]',
        "token = config.auth.token2value1",
        "token = get_token_from_somewhere2(x)",
        "tokenizer = BertTokenizer2Fast4Training",
        'pad_token = "a1B2c3D4e5F6g7H8i9"',
        'secret_name = "a1B2c3D4e5F6g7H8i9"',
        'password: "correct-horse-battery-staple-1"',
        "access_key: /run/secrets/access_key_1/aB3dE5",
        'token = "https://host/path/aB3dE5gH7"',
        "password = getpass.getpass()",
        "secret = 12345678901234567890",
    ],
)
def test_documentation_and_code_that_speak_of_secrets_are_left_alone(line: str) -> None:
    assert tokens.find(line.encode()) == ""


def test_what_is_not_text_is_searched_too() -> None:
    data = bytes(range(256)) * 4 + TOKENS["github-token"].encode() + b"\x00\xff"
    assert tokens.find(data) == "github-token"
    assert tokens.find(bytes(range(256)) * 100) == ""
