"""Finding private keys and access tokens in bytes, by the shapes their issuers document.

One pass of one expression finds where a token could begin (`ghp_`, `-----BEGIN `, ...); only there is the exact shape
tried. Assignments (`password = "..."`) have no shape of their own: they count only when the value looks random, so
that documentation and code stay unharmed. Nothing is compiled until something needs it.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from gitprov.capture.secrets.sensitive import is_placeholder, looks_chosen, looks_random, secret_kind


class Hit(NamedTuple):
    """Where a secret stands, `data[start:end]`, and of which kind it is."""

    start: int
    end: int
    kind: str


class _Shape(NamedTuple):
    kind: str
    begins: tuple[bytes, ...]
    pattern: bytes


# Group 1, where there is one, is the secret itself.
_SHAPES: Final = (
    _Shape(
        "private-key",
        (b"-----BEGIN ",),
        # header, armour lines such as "Version: GnuPG", then base64; line ends may be escaped, as JSON has them
        rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        rb"(?:\s|\\[rn]|[A-Z][\w-]{1,20}: [^\r\n]{0,200}[\r\n])*"
        rb"[A-Za-z0-9+/]{12}(?:[A-Za-z0-9+/=\s]|\\[rn])*+(?:-----END [A-Z0-9 ]{1,40}-----)?",
    ),
    _Shape(
        "private-key",
        (b"PuTTY-User-Key-File-",),
        rb"PuTTY-User-Key-File-\d: [\s\S]{1,4000}?Private-Lines: \d+[\r\n]+[\w+/=\s]+",
    ),
    _Shape("private-key", (b"AGE-SECRET-KEY-1",), rb"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    _Shape("aws-key", (b"AKIA", b"ASIA", b"ABIA", b"ACCA"), rb"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}"),
    _Shape("github-token", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"), rb"gh[pousr]_[A-Za-z0-9]{36,255}"),
    _Shape("github-token", (b"github_pat_",), rb"github_pat_[A-Za-z0-9_]{36,255}"),
    _Shape("gitlab-token", (b"glpat-", b"gldt-", b"glrt-", b"glptt-"), rb"gl(?:pa|d|r|pt)t-[\w-]{20,300}"),
    _Shape("slack-token", (b"xoxa-", b"xoxb-", b"xoxe-", b"xoxp-", b"xoxr-", b"xoxs-"), rb"xox[abeprs]-[\w-]{20,300}"),
    _Shape("slack-token", (b"xapp-",), rb"xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20,}"),
    _Shape("slack-webhook", (b"hooks.slack.com/",), rb"hooks\.slack\.com/(?:services|workflows)/([\w+/]{40,60})"),
    _Shape("google-key", (b"AIza",), rb"AIza[\w-]{35}"),
    _Shape("google-token", (b"GOCSPX-", b"ya29."), rb"(?:GOCSPX-|ya29\.)[\w-]{24,}"),
    _Shape("huggingface-token", (b"hf_", b"api_org_"), rb"(?:hf|api_org)_[A-Za-z0-9]{30,60}"),
    _Shape("anthropic-key", (b"sk-ant-",), rb"sk-ant-[\w-]{24,200}"),
    _Shape("openai-key", (b"sk-",), rb"sk-(?:proj-|svcacct-|admin-|or-v1-)[\w-]{24,250}|sk-[A-Za-z0-9]{32,64}"),
    _Shape("stripe-key", (b"sk_live_", b"rk_live_"), rb"[sr]k_live_[A-Za-z0-9]{16,120}"),
    _Shape("stripe-key", (b"sk_test_", b"rk_test_"), rb"[sr]k_test_[A-Za-z0-9]{16,120}"),
    _Shape("npm-token", (b"npm_",), rb"npm_[A-Za-z0-9]{36}"),
    _Shape("pypi-token", (b"pypi-Ag",), rb"pypi-Ag[\w-]{50,}"),
    _Shape("wandb-key", (b"wandb_v1_",), rb"wandb_v1_\w{40,}"),
    _Shape("jwt", (b"eyJ",), rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{16,}"),
    _Shape("azure-key", (b"AccountKey=",), rb"AccountKey=([A-Za-z0-9+/]{80,90}={0,2})"),
)  # fmt: skip

# Before a token stands no part of a longer word, unless that is the end of an escaped line end ("\nghp_...").
_BEFORE: Final = rb"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))"
_AFTER: Final = rb"(?![A-Za-z0-9])"

_NAMES: Final = (b"password", b"passwd", b"passphrase", b"secret", b"token", b"apikey", b"api_key", b"api-key")
_NAMES_OF_KEYS: Final = (b"access_key", b"accesskey", b"access-key", b"auth_key", b"wandb", b"machine ")
_ASSIGNMENT: Final = (
    rb"(?P<name>[\w.-]{0,64}?(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key))"
    rb"(?:\\?[\"'])?[ \t]{0,8}(?::=|=>|=|:)[ \t]{0,8}"
    rb"(?P<quote>\\?[\"'])?(?P<value>[^\s\"'`,;\\]{12,300})(?(quote)(?P=quote))"
)
_WANDB: Final = (
    rb"wandb[\w.-]{0,24}[\"']?(?:[ \t]{0,3}[:=][ \t]{0,3}|[ \t]+(?:login[ \t]+)?)[\"']?([0-9a-f]{40})(?![0-9a-f])"
)
_NETRC: Final = rb"machine[ \t]+\S+\s+login[ \t]+\S+\s+password[ \t]+(\S{6,})"


def find(data: bytes) -> str:
    """Return the kind of the first private key or token in `data`, as `github-token`; `""` when it holds none."""
    return next((hit.kind for hit in shaped(data)), "") or next((hit.kind for hit in assigned(data)), "")


def shaped(data: bytes) -> Iterator[Hit]:
    """Yield every key and token that is known by its shape, in order, none inside another."""
    done = 0
    for begin in _beginnings().finditer(data):
        if begin.start() < done:
            continue
        kind, pattern = _by_beginning()[begin[0]]
        match = _compiled(pattern).match(data, begin.start())
        if match is None or _is_made_up(match[0], kind):
            continue
        group = match.re.groups
        done = match.end(group)
        yield Hit(match.start(group), done, kind)


def assigned(data: bytes) -> Iterator[Hit]:
    """Yield every password, secret, token or key that `data` assigns a random-looking literal to."""
    low = data.lower()
    done = 0
    for name in _names().finditer(low):
        if name.start() < done:
            continue
        hit = _special(data, name) or _assignment(data, name.start())
        if hit is not None:
            done = hit.end
            yield hit


def _special(data: bytes, name: re.Match[bytes]) -> Hit | None:
    known = {b"wandb": (_WANDB, "wandb-key"), b"machine ": (_NETRC, "password")}.get(name[0])
    if known is None:
        return None
    match = _compiled(known[0], re.IGNORECASE).match(data, name.start())
    if match is None or is_placeholder(match[1].decode("latin-1")):
        return None
    return Hit(match.start(1), match.end(1), known[1])


def _assignment(data: bytes, at: int) -> Hit | None:
    match = _compiled(_ASSIGNMENT, re.IGNORECASE).match(data, at)
    if match is None:
        return None
    value = match["value"].decode("latin-1")
    kind = secret_kind(_whole_name(data, at, match.end("name")))
    bare = match["quote"] is None
    literal = not bare or _is_line_of_yaml(data, match)
    if not kind or is_placeholder(value) or not (looks_random(value, bare=bare) or (literal and looks_chosen(value))):
        return None
    return Hit(match.start("value"), match.end("value"), kind)


def _is_line_of_yaml(data: bytes, match: re.Match[bytes]) -> bool:
    """Tell whether an assignment is all of its line, as `password: hunter22` in a file of settings."""
    before = data[max(match.start() - 200, 0) : match.start()].rpartition(b"\n")[2]
    after = data[match.end("value") : match.end("value") + 200].partition(b"\n")[0]
    is_mapping = b":" in data[match.end("name") : match.start("value")]
    return is_mapping and not before.strip(b" \t-") and not after.strip()


def _whole_name(data: bytes, start: int, end: int) -> str:
    """Return the identifier that ends at `end`: its earlier words may say that it is harmless (`pad_token`)."""
    before = data[max(start - 64, 0) : start]
    return (before[len(before.rstrip(_NAME_BYTES)) :] + data[start:end]).decode("latin-1")


_NAME_BYTES: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"


def _is_made_up(token: bytes, kind: str) -> bool:
    """Tell whether a token of the right shape is one that documentation made up (`ghp_xxxxxxxx...`)."""
    if kind == "private-key":
        return False
    text = token.decode("latin-1")
    return len(set(text[4:])) < 8 or "EXAMPLE" in text or "xxxx" in text.lower()


@cache
def _compiled(pattern: bytes, flags: int = 0) -> re.Pattern[bytes]:
    return re.compile(pattern, flags)


@cache
def _by_beginning() -> dict[bytes, tuple[str, bytes]]:
    return {
        begin: (shape.kind, _BEFORE + b"(?:" + shape.pattern + b")" + _AFTER)
        for shape in _SHAPES
        for begin in shape.begins
    }


@cache
def _beginnings() -> re.Pattern[bytes]:
    longest_first = sorted(_by_beginning(), key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, longest_first)))


@cache
def _names() -> re.Pattern[bytes]:
    return re.compile(b"|".join(map(re.escape, _NAMES + _NAMES_OF_KEYS)))
