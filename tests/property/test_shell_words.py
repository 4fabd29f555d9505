"""What is offered to be copied means the very bytes to a shell, and shows nothing that a terminal would act on."""

import subprocess

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitprov.model import shell
from gitprov.model.text import quote

raw = st.binary(max_size=12).map(lambda data: data.replace(b"\0", b""))
text = st.text(alphabet="ab -'\"\\$`!~*?[]{}=:;&|<>#()\n\t\x1b\x9b\u202eé日", max_size=8).map(str.encode)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(raw, text), min_size=1, max_size=8))
@example([b"caf\xe9.json", b"", b"-x", b"~", b"it's", b"a\nb", b"\x1b[31m", b"\\", b"$'", "é".encode(), b"7\x017"])
def test_a_shell_reads_the_words_as_they_are(words: list[bytes]) -> None:
    line = shell.command(quote(word) for word in words)

    assert line.isprintable()
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    assert done.stdout.split(b"\0")[:-1] == words


@given(st.one_of(raw, text))
@example(b"$-")
@example(b"-\x1b")
def test_no_path_is_an_option(path: bytes) -> None:
    option = ("-", "'-", "$'-")  # as it is, and in the quotes that a shell takes off
    pathspec = shell.pathspec(path.decode("utf-8", "surrogateescape"))

    assert not shell.path(path).startswith(option)
    assert pathspec.startswith("-- ") or not pathspec.startswith(option)
