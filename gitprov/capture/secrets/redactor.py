"""Keeping secrets out of what is recorded: `Redactor` for text, `find_in_file` for files.

Redaction errs towards hiding: an option named `--token` loses its value whatever it is. Finding in files errs towards
leaving alone, because a file that is flagged is left out of a snapshot: there a value must look random or have the
shape of a known token. A value that is secret in one place (a variable named `..._TOKEN`, an option `--password`) is
hidden wherever else it stands. Nothing here is a proof that no secret remains.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar, cast

from blake3 import blake3

from gitprov.capture.secrets import tokens
from gitprov.capture.secrets.sensitive import HINTS, hints_at_secret, is_path, is_trivial, secret_kind, variable_kind
from gitprov.errors import ConfigError

_T = TypeVar("_T")

_MARK: Final = "[redacted:"
_VALUE: Final = r""""(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'&;|,]+"""
# A name is tried only where a hint is in it: a match eats its value, which may itself be an assignment.
_SECRET_NAME: Final = rf"(?i:(?=[\w.-]*(?:{'|'.join(HINTS)})))(?P<name>[A-Za-z_][\w.-]*)"
_ASSIGNMENT: Final = rf"{_SECRET_NAME}[\"']?(?P<sep>=|:[ \t]*)(?P<value>{_VALUE})"
_OPTION: Final = rf"--{_SECRET_NAME}(?P<sep>[ \t]+)(?P<value>{_VALUE})"
_HEADER: Final = (
    r"(?i)\b(?P<name>(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api-key|x-auth-token|private-token|job-token)"
    r"[ \t]*:[ \t]*(?P<scheme>(?:bearer|basic|token|digest|apikey)[ \t]+)?(?P<value>[^\s\"'][^\r\n\"']*)"
)
_BEARER: Final = r"(?i)\b(?P<scheme>bearer[ \t]+)(?P<value>[\w.~+/=-]{16,})"
_URL: Final = r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?P<user>[^\s/?#\"'<>]*)@)?(?P<rest>[^\s\"'<>]*)"
_QUERY: Final = r"(?P<before>[?&;])(?P<name>[^=&;#\s]+)=(?P<value>[^&;#\s]+)"
_SIGNED: Final = frozenset({"sig", "signature", "x-amz-signature", "x-amz-credential", "x-goog-signature"})
_NAME: Final = r"[+~]?-{0,2}([A-Za-z_][\w.-]*)"
_AS_BYTES: Final = ("utf-8", "surrogatepass")
_FINGERPRINT: Final = 4  # bytes: enough to compare by, too few to search for what it was made of
_SHORTEST_KNOWN: Final = 8
_SHORTEST: Final = 6  # what is shorter holds neither a token nor a secret with its name

# Short options that carry a secret, by program; their long forms are known by name everywhere.
_USER_AND_PASSWORD: Final = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "http": ("-a", "--auth"),
    "https": ("-a", "--auth"),
}
_PASSWORD_NEXT: Final = {"sshpass": "-p", "redis-cli": "-a", "ldapsearch": "-w"}
_PASSWORD_ATTACHED: Final = {"mysql": "-p", "mysqldump": "-p", "mysqladmin": "-p", "mariadb": "-p", "sshpass": "-p"}
# Kinds of arguments that are more than one secret: `user:password`, and what a shell runs after `-c`.
_USER: Final = "user"
_SCRIPT: Final = "script"
_PROGRAMS: Final = frozenset(_USER_AND_PASSWORD) | frozenset(_PASSWORD_NEXT) | frozenset(_PASSWORD_ATTACHED)

_PASSWORD_FILES: Final = frozenset({".netrc", "_netrc", ".pgpass", ".git-credentials"})
_KEY_FILES: Final = frozenset({"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"})
_ENV_EXAMPLES: Final = ("example", "sample", "template", "dist", "defaults", "default", "tmpl", "schema")


class Redactor:
    """Hides secrets.

    `extra_patterns` are the project's own expressions (ConfigError when one does not compile). With `key`, 32 bytes,
    a mark carries a fingerprint of what it hides, so that two runs can be told to have had the same secret by whoever
    has the key, and by nobody else. Secrets in `environ` are known by the names of their variables.
    """

    def __init__(
        self, extra_patterns: Sequence[str] = (), *, key: bytes = b"", environ: Mapping[str, str] | None = None
    ) -> None:
        self._extra = [_configured(pattern) for pattern in extra_patterns]
        self._key = key
        self._found: dict[str, int] = {}
        self._known: dict[str, str] = {}
        for name, value in (environ or {}).items():
            if (kind := variable_kind(name)) and not is_path(value) and not is_trivial(value):
                self._know(value, kind)

    @property
    def found(self) -> dict[str, int]:
        """How many secrets of each kind were hidden so far."""
        return dict(self._found)

    def text(self, text: str) -> str:
        """Return free text with what is or looks like a secret replaced by `[redacted:<kind>]`."""
        for pattern in self._extra:
            text = pattern.sub(lambda match: self._mark("configured", match[0]), text)
        if len(text) < _SHORTEST:
            return text
        for value, kind in self._known.items():
            if value in text:
                text = text.replace(value, self._mark(kind, value))
        text = self._shaped(text)
        if "://" in text:
            text = re.sub(_URL, self._in_url, text)
        if hints_at_secret(text):
            text = re.sub(_HEADER, self._in_header, text)
            text = re.sub(_BEARER, self._in_header, text)
            text = re.sub(_OPTION, self._in_assignment, text)
            text = re.sub(_ASSIGNMENT, self._in_assignment, text)
        return text

    def url(self, url: str) -> str:
        """Return a URL without its user and password (ssh keeps the user) and with secret query values hidden."""
        return self.text(url)

    def value(self, value: _T) -> _T:
        """Return plain data with its strings redacted, and the scalars under names such as `password` hidden.

        What is found to be a secret there is hidden in what stands before it, too.
        """
        known = len(self._known)
        hidden = self._value(value)
        return cast(_T, hidden if len(self._known) == known else self._value(hidden))

    def argv(self, argv: Sequence[str]) -> list[str]:
        """Return a command and its arguments with their secrets hidden; the number of arguments stays."""
        redacted: list[str] = []
        program = expected = ""
        for arg in argv:
            if expected and not arg.startswith("-"):
                redacted.append(self.text(arg) if expected == _SCRIPT else self._hidden(arg, expected))
                expected = ""
                continue
            name = os.path.basename(arg)
            program = name if name in _PROGRAMS else program
            expected = _expects(arg, program)
            redacted.append(self._argument(arg, program))
        return redacted

    def _argument(self, arg: str, program: str) -> str:
        head, equals, value = arg.partition("=")
        name = re.fullmatch(_NAME, head)
        if equals and name and (kind := secret_kind(name[1])):
            return f"{head}={self._hidden(value, kind)}"
        attached = _PASSWORD_ATTACHED.get(program)
        if attached and arg.startswith(attached) and len(arg) > len(attached):
            return attached + self._secret("password", arg[len(attached) :])
        for option in _USER_AND_PASSWORD.get(program, ()):
            if arg.startswith(option + "=" if option.startswith("--") else option) and ":" in arg:
                user, _, password = arg.partition(":")
                return f"{user}:{self._secret('password', password)}"
        return self.text(arg)

    def holds_known(self, data: bytes) -> str:
        """Return the kind of the first secret in `data` that is known from elsewhere; `""` for none."""
        return next((kind for value, kind in self._known.items() if value.encode(*_AS_BYTES) in data), "")

    def _hidden(self, value: str, kind: str) -> str:
        if kind == _USER:
            user, colon, password = value.partition(":")
            return f"{user}:{self._secret('password', password)}" if colon else value
        if value.startswith(_MARK) or is_trivial(value):
            return value
        if kind in ("key", "credentials", "token") and is_path(value):
            return value
        return self._secret(kind, value)

    def _secret(self, kind: str, value: str) -> str:
        self._know(value, kind)
        return self._mark(kind, value)

    def _know(self, value: str, kind: str) -> None:
        """Hide this value from now on wherever it stands, unless it could well be something else: a word, a number."""
        if len(value) >= _SHORTEST_KNOWN and any(map(str.isdigit, value)) and any(map(str.isalpha, value)):
            self._known[value] = kind

    def _mark(self, kind: str, value: str) -> str:
        self._found[kind] = self._found.get(kind, 0) + 1
        if not self._key:
            return f"{_MARK}{kind}]"
        fingerprint = blake3(value.encode(*_AS_BYTES), key=self._key).hexdigest(length=_FINGERPRINT)
        return f"{_MARK}{kind}#{fingerprint}]"

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self._value(key): self._member(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self._value(item) for item in value)
        return value

    def _member(self, key: object, item: object) -> object:
        kind = secret_kind(key) if isinstance(key, str) else ""
        if not kind or item is None or isinstance(item, bool):
            return self._value(item)
        return self._secrets_in(item, kind) if isinstance(item, dict | list | tuple) else self._hidden(str(item), kind)

    def _secrets_in(self, item: object, kind: str) -> object:
        """Hide all texts of a list or table under a secret's name; numbers in it are no secrets (`token = [7, 9]`)."""
        if isinstance(item, dict):
            return {self._value(key): self._secrets_in(inner, kind) for key, inner in item.items()}
        if isinstance(item, list | tuple):
            return [self._secrets_in(inner, kind) for inner in item]
        return self._hidden(item, kind) if isinstance(item, str) else item

    def _shaped(self, text: str) -> str:
        data = text.encode("utf-8", "surrogatepass")
        parts: list[bytes] = []
        done = 0
        for hit in tokens.shaped(data):
            found = data[hit.start : hit.end].decode("utf-8", "surrogateescape")
            parts += (data[done : hit.start], self._secret(hit.kind, found).encode())
            done = hit.end
        if not done:
            return text
        return b"".join((*parts, data[done:])).decode("utf-8", "surrogatepass")

    def _in_url(self, match: re.Match[str]) -> str:
        scheme, user, rest = match["scheme"], match["user"], match["rest"]
        kept = ""
        if user:
            name, colon, password = user.partition(":")
            kept = f"{name}@" if scheme.lower() in ("ssh", "git+ssh") else ""
            if colon or not kept:
                self._secret("url", password or name)
        return f"{scheme}://{kept}{re.sub(_QUERY, self._in_query, rest)}"

    def _in_query(self, match: re.Match[str]) -> str:
        name = match["name"]
        kind = "token" if name.lower() in _SIGNED else secret_kind(name)
        return f"{match['before']}{name}={self._hidden(match['value'], kind)}" if kind else match[0]

    def _in_header(self, match: re.Match[str]) -> str:
        if match["value"].startswith(_MARK):
            return match[0]
        before = match[0][: match.start("value") - match.start()]
        return before + self._hidden(match["value"], "token")

    def _in_assignment(self, match: re.Match[str]) -> str:
        kind = secret_kind(match["name"])
        value = match["value"]
        if not kind or value.startswith((_MARK, "-")) or _is_prose(match["sep"], value):
            return match[0]
        quote = value[0] if value[0] in "\"'" else ""
        bare = value[1:-1] if quote else value
        before = match[0][: match.start("value") - match.start()]
        return before + quote + self._hidden(bare, kind) + quote


def name_kind(path: str) -> str:
    """Say which kind of secret a file is by its name alone (`.env`, `id_rsa`, `.netrc`, `.pgpass`); `""` for others."""
    name = os.path.basename(path)
    if name in _KEY_FILES:
        return "private-key"
    if name in _PASSWORD_FILES:
        return "password"
    is_env = name == ".env" or (name.startswith(".env.") and not name.lower().endswith(_ENV_EXAMPLES))
    return "env-file" if is_env else ""


def find_in_file(path: str, max_bytes: int, also: Callable[[bytes], str] | None = None) -> str:
    """Return the kind of secret that the first `max_bytes` of a file hold, or that its name means; `""` for none.

    `also` is asked where nothing has the shape of a secret: a file may hold one that is known from elsewhere.

    What is not a regular file (a symbolic link, a pipe) holds none and is not opened. OSError when it cannot be read.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return ""
    if kind := name_kind(path):
        return kind
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(fd, "rb", buffering=0) as file:
        size = min(os.fstat(fd).st_size, max_bytes)
        data = file.read(size) or b"" if size > 0 else b""
    return tokens.find(data) or (also(data) if also else "")


def _configured(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigError(
            f"the redaction pattern {pattern!r} is not a regular expression: {error}",
            hint="mend it under capture.redact in .gitprov.toml",
        ) from error
    if compiled.fullmatch(""):
        raise ConfigError(
            f"the redaction pattern {pattern!r} matches the empty text, so it would redact everything",
            hint="make it match at least one character, under capture.redact in .gitprov.toml",
        )
    return compiled


def _is_prose(separator: str, value: str) -> bool:
    """Tell "a token: the word" from "token: 8f3a" and "token: 'abc'"."""
    is_sentence = separator[0] == ":" and separator != ":"
    return is_sentence and value[0] not in "\"'" and not any(c.isdigit() for c in value)


def _expects(arg: str, program: str) -> str:
    """Say what kind of secret the argument after `arg` is; `""` when it is an ordinary one."""
    if arg in _USER_AND_PASSWORD.get(program, ()):
        return _USER
    if arg == _PASSWORD_NEXT.get(program):
        return "password"
    if not arg.startswith("-") or "=" in arg:
        return ""
    return _SCRIPT if arg in ("-c", "-lc", "-ec", "-xc", "-ic") else secret_kind(arg)
