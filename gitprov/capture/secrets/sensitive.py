"""Which names mean a secret, and which values are too plain to be one.

Both sides of the same judgement: `secret_kind("WANDB_API_KEY")` says that what stands behind the name is hidden, and
`is_placeholder("<your key>")`, `looks_random("hunter")` say when what stands there gives nothing away. Machine
learning has many harmless names that end in "token" (`pad_token`, `max_token`), so those are listed.
"""

import re
from itertools import pairwise
from typing import Final

HINTS: Final = ("pass", "pwd", "secret", "token", "key", "credential", "authorization", "cookie", "bearer")
"""What every name that means a secret has in it, in lower case."""

_CAMEL: Final = r"(?<=[a-z0-9])(?=[A-Z])"

_PASSWORDS: Final = ("password", "passwd", "passphrase", "passcode")
_BEFORE_PASS: Final = frozenset({
    "admin", "auth", "db", "ftp", "http", "https", "login", "mail", "mysql", "pg", "postgres", "proxy", "redis",
    "root", "smtp", "ssh", "sudo", "user",
})  # fmt: skip
_BEFORE_KEY: Final = frozenset({
    "access", "account", "api", "app", "auth", "client", "deploy", "encrypt", "encryption", "host", "hub",
    "license", "master", "private", "secret", "service", "session", "shared", "signing", "ssh", "storage",
    "subscription",
})  # fmt: skip
_JOINED_KEYS: Final = frozenset({
    "accesskey", "accountkey", "apikey", "appkey", "authkey", "privatekey", "secretkey",
})  # fmt: skip
_JOINED_TOKENS: Final = frozenset({
    "accesstoken", "apitoken", "authtoken", "githubtoken", "hftoken", "refreshtoken", "usertoken",
})  # fmt: skip
_TOKENS_OF_TEXT: Final = frozenset({
    "audio", "begin", "bos", "by", "class", "cls", "count", "decoder", "each", "encoder", "end", "eos", "first",
    "forced", "image", "initializer", "input", "instance", "label", "last", "length", "mask", "max", "mean", "min",
    "modifier", "multi", "n", "new", "next", "num", "one", "out", "output", "pad", "padding", "per", "placeholder",
    "prompt", "sep", "single", "source", "special", "start", "stop", "sub", "sum", "target", "text", "total",
    "trigger", "unk", "unknown", "video", "word",
})  # fmt: skip

_PLACEHOLDERS: Final = frozenset({
    "changeme", "default", "dummy", "empty", "example", "false", "none", "null", "off", "on", "password", "passwd",
    "secret", "test", "todo", "token", "true", "undefined", "unset", "yes", "no",
})  # fmt: skip
_PLACEHOLDER_STARTS: Final = ("<", "[", "{", "$", "%", "*", "...", "your", "my-", "my_", "xxx", "os.environ")
_PLACEHOLDER_PARTS: Final = (
    "example", "changeme", "placeholder", "your_", "your-", "xxxx", "****", "dummy", "redacted",
)  # fmt: skip
# Expressions stand as text: `re` compiles each when it is first needed, and keeps it.
_WORD: Final = r"[A-Za-z]+\d{0,4}|\d+[A-Za-z]{0,2}|"
_CODE: Final = frozenset("(){}<>[]$ \t")


def secret_kind(name: str) -> str:
    """Say what a value of this name is: `password`, `secret`, `token`, `key`, `credentials`; `""` when harmless."""
    if not hints_at_secret(name):
        return ""
    words = [word for word in re.split(r"[^a-z0-9]+", re.sub(_CAMEL, "_", name).lower()) if word]
    if not words:
        return ""
    return _kind_of_words(words[-1], words[-2] if len(words) > 1 else "")


_VARIABLES: Final = (
    *((end, "password") for end in ("PASSWORD", "PASSWD", "PASS", "_PW", "_PWD")),
    *((end, "token") for end in ("TOKEN", "JWT", "BEARER")),
    *((end, "key") for end in ("APIKEY", "_KEY")),
    ("SECRET", "secret"),
)


def hints_at_secret(text: str) -> bool:
    """Tell whether any word that names a secret is in `text`; cheap, and true far too often."""
    low = text.lower()
    return any(hint in low for hint in HINTS)


def _kind_of_words(last: str, before: str) -> str:
    if last.endswith(_PASSWORDS) or (last == "pwd" and before) or (last == "pass" and before in _BEFORE_PASS):
        return "password"
    if last.endswith("secret"):
        return "secret"
    if last in _JOINED_TOKENS or (last == "token" and before not in _TOKENS_OF_TEXT):
        return "token"
    if last in _JOINED_KEYS or (last == "key" and before in _BEFORE_KEY):
        return "key"
    if last in ("credential", "credentials", "cookie", "authorization"):
        return "credentials"
    return "token" if last == "bearer" else ""


def variable_kind(name: str) -> str:
    """Say which kind of secret an environment variable is: `secret_kind`, and words that are joined in capitals."""
    return secret_kind(name) or next((kind for end, kind in _VARIABLES if name.upper().endswith(end)), "")


def is_trivial(value: str) -> bool:
    """Tell whether a value gives nothing away: empty, a word like `true`, a template such as `${TOKEN}` or `<pad>`."""
    return not value or value.lower() in ("true", "false", "none", "null") or value.startswith(("<", "[", "{", "$"))


def is_path(value: str) -> bool:
    """Tell whether a value reads like the path of a file that holds the secret, not the secret itself."""
    return value.startswith(("/", "./", "../", "~")) and value.count("/") > 1 and not looks_random(value[1:], bare=True)


def is_placeholder(value: str) -> bool:
    """Tell whether a value is what documentation writes in a secret's place: `changeme`, `<token>`, `${VAR}`."""
    low = value.lower()
    return (
        low in _PLACEHOLDERS
        or low.startswith(_PLACEHOLDER_STARTS)
        or any(part in low for part in _PLACEHOLDER_PARTS)
        or len(set(low)) < 6
    )


def looks_random(value: str, *, bare: bool) -> bool:
    """Tell whether a literal is too mixed to be a word, a path, a version or code.

    `bare` literals, without quotes round them, might be an identifier, so they must show more.
    """
    if len(value) < (16 if bare else 12) or not _CODE.isdisjoint(value) or "://" in value or value[0] in "/.~%":
        return False
    if not any(c.isdigit() for c in value) or not any(c.isalpha() for c in value):
        return False
    pieces = re.split(r"[^A-Za-z0-9]+", value)
    if len(pieces) > 1 and all(re.fullmatch(_WORD, piece) for piece in pieces):
        return False  # words and numbers: a name, a version, a date
    mixed = _mixture("".join(pieces))
    if not bare or _is_hex(value):
        return mixed >= 0.25
    return mixed >= 0.4 and any(c.isupper() for c in value) and any(c.islower() for c in value)


def looks_chosen(value: str) -> bool:
    """Tell whether a quoted literal is what people choose for passwords: letters and digits in one piece."""
    return value.isalnum() and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _is_hex(value: str) -> bool:
    return len(value) >= 32 and all(c in "0123456789abcdefABCDEF" for c in value)


def _mixture(text: str) -> float:
    """Return how often neighbours are of different classes (lower, upper, digit): random text 0.5, words 0.1."""
    classes = [0 if c.isdigit() else 1 if c.islower() else 2 for c in text]
    changes = sum(a != b for a, b in pairwise(classes))
    return changes / max(len(text) - 1, 1)
