import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.capture.strace.lines import PLAIN_OPENS, Call, has_ended, parse, resumed, successor, unescape
from support.strace import quoted

OPEN = b'openat(AT_FDCWD</w>, "%b", O_RDONLY) = 3</w/x>'


@pytest.mark.parametrize(
    ("text", "value", "path"),
    [
        (b'openat(AT_FDCWD</w>, "x", O_RDONLY) = 3</w/x>', 3, b"/w/x"),
        (b'openat(AT_FDCWD</w>, "x", O_RDONLY)   = 3</w/x>(deleted)', 3, b"/w/x"),
        (b'openat(AT_FDCWD, "x", O_RDONLY) = 3</w/x (deleted)>', 3, b"/w/x"),
        (b'open("/w/a\\nb", O_RDONLY) = 3</w/a\\nb>', 3, b"/w/a\nb"),
        (b'open("f", O_RDWR) = 5<pipe:[77]>', 5, b""),
        (b'open("f", O_RDWR) = 5<anon_inode:[eventpoll]>', 5, b""),
        (b"vfork()                           = 8038", 8038, b""),
        (b'unlink("x")                       = 0', 0, b""),
        (b'open("a\\303\\274\\76", O_RDONLY) = 3</w/\\303\\274\\76>', 3, "/w/ü>".encode()),
    ],
)
def test_a_call_has_a_result_and_the_path_behind_it(text: bytes, value: int, path: bytes) -> None:
    call = parse(text)
    assert call
    assert (call.value, call.path) == (value, path)


@pytest.mark.parametrize(
    "text",
    [
        b'openat(AT_FDCWD</w>, "x", O_RDONLY) = -1 ENOENT (No such file or directory)',
        b'openat(AT_FDCWD</w>, "x", O_RDONLY) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)',
        b"clone(child_stack=NULL, flags=SIGCHLD) = ? <unavailable>",
        b"--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---",
        b"+++ exited with 0 +++",
        b"[ Process PID=12 runs in 32 bit mode. ]",
        b"<... openat resumed>) = 3",
        b")                                       = 0",
        b"",
        b"(",
        b'openat(AT_FDCWD</w>, "x',
        b"\xff\xfe\0 = 3",
    ],
)
def test_what_failed_or_is_no_call_is_none(text: bytes) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "name", [b") = 3", b"a = 4</etc/shadow>", b" <unfinished ...>", b'", O_RDWR) = 7</x>', b"<...>\n"]
)
def test_a_name_cannot_pass_for_the_rest_of_the_line(name: bytes) -> None:
    call = parse(b"open(%b, O_RDONLY) = 3<%b>" % (quoted(name), quoted(b"/w/" + name, angle=True)))
    assert call
    assert call.name == b"open"
    assert call.arguments == quoted(name) + b", O_RDONLY"
    assert call.path == b"/w/" + name


def test_a_connection_that_goes_on_in_the_background_is_one() -> None:
    text = b"connect(5<socket:[7]>, {sa_family=AF_INET}, 16) = -1 EINPROGRESS (Operation now in progress)"
    assert parse(text) == Call(b"connect", b"5<socket:[7]>, {sa_family=AF_INET}, 16", 0, b"")


def test_a_program_that_a_thread_executes_is_one_whatever_the_result_says() -> None:
    call = parse(b'execve("/bin/true", ["true"], 0x7f /* 9 vars */ <pid changed to 8068 ...>')
    assert call
    assert (call.name, call.arguments[:11]) == (b"execve", b'"/bin/true"')
    assert successor(b"+++ superseded by execve in pid 8074 +++") == b"8074"


@pytest.mark.parametrize("rest", [b"<... openat resumed>) = 3</w/x>", b"<... openat resumed> ) = 3</w/x>"])
def test_a_call_in_two_pieces_is_one(rest: bytes) -> None:
    call = parse(resumed(b'openat(AT_FDCWD</w>, "x", O_RDONLY', rest))
    assert call
    assert (call.name, call.value, call.path) == (b"openat", 3, b"/w/x")


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        (b"+++ exited with 0 +++", True),
        (b"+++ killed by SIGSEGV (core dumped) +++", True),
        (b"+++ superseded by execve in pid 9 +++", False),
        (b"--- stopped by SIGTSTP ---", False),
    ],
)
def test_the_end_of_a_process_is_told_from_other_remarks(text: bytes, ended: bool) -> None:
    assert has_ended(text) == ended


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (rb"a\"b\\c\nd\te\rf\vg\f", b'a"b\\c\nd\te\rf\vg\f'),
        (rb"\0\1\18\377\0101", b"\0\1\0018\xff\x08" + b"1"),
        (rb"\x41\xff", b"A\xff"),
        (b"plain", b"plain"),
        (b"end\\", b"end\\"),
    ],
)
def test_escapes_are_those_of_c(text: bytes, plain: bytes) -> None:
    assert unescape(text) == plain


@pytest.mark.property
@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name), st.booleans())
def test_every_name_comes_back_from_a_line(name: bytes, hexadecimal: bool) -> None:
    printed = quoted(name, hexadecimal=hexadecimal)
    angle = quoted(b"/" + name, angle=True, hexadecimal=hexadecimal)
    text = b"openat(AT_FDCWD<%b>, %b, O_RDONLY|O_CLOEXEC) = 3<%b>" % (angle, printed, angle)
    ((pid, cwd, plain, _, path, other),) = PLAIN_OPENS.findall(b"7  " + text)
    if other:
        call = parse(other)
        assert call
        assert call.path.removesuffix(b" (deleted)") == (b"/" + name).removesuffix(b" (deleted)")
        assert unescape(printed[1:-1]) == name
    else:
        assert (pid, cwd, plain, path) == (b"7", b"/" + name, name, b"/" + name)


@pytest.mark.property
@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    PLAIN_OPENS.findall(data)
    parse(data)
    resumed(data, data)
    successor(data)
    unescape(data)
