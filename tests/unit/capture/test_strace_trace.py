import json
import os
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.capture.strace.trace import Trace, World
from gitprov.observer import protocol

BEGIN = '1  execve("/bin/tool", ["tool"], 0x7ffe /* 39 vars */) = 0'
LINKS = {b"/w/link": b"/real/place"}

Told = tuple[str, str]


def new_trace(cwd: str = "/w") -> Trace:
    """A trace on a system where `/w/link` is a link and `/bin/sudo` is in trouble."""
    world = World(lambda path: LINKS.get(path, path), lambda path: "sudo has a cold" if path == b"/bin/sudo" else "")
    return Trace(os.fsencode(cwd), world)


def events(*lines: str, begin: bool = True, cwd: str = "/w") -> list[Told]:
    """What the lines after the command's own `execve` tell; pairs as `old -> new`."""
    trace = new_trace(cwd)
    text = "".join(f"{line}\n" for line in ((BEGIN, *lines) if begin else lines))
    data = trace.feed(os.fsencode(text)) + trace.end()
    return [told(kind, payload) for kind, _, payload in protocol.decode(data)][begin:]


def told(kind: bytes, payload: bytes) -> Told:
    """One event as text."""
    if kind in (protocol.RENAMED, protocol.LINKED):
        return kind.decode(), " -> ".join(map(os.fsdecode, protocol.unpair(payload)))
    return kind.decode(), json.loads(payload)["gap"] if kind == protocol.TOLD else os.fsdecode(payload)


def without_gaps(found: list[Told]) -> list[Told]:
    """The events less those about the trace itself."""
    return [event for event in found if event[0] != "j"]


def one(call: str) -> list[Told]:
    """What one call of the command tells."""
    return without_gaps(events(f"1  {call}"))


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ("O_RDONLY", "r"),
        ("O_RDONLY|O_CLOEXEC|O_NOFOLLOW", "r"),
        ("O_WRONLY|O_CREAT|O_TRUNC, 0666", "w"),
        ("O_RDWR|O_TRUNC", "w"),
        ("O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0600", "w"),
        ("O_WRONLY|O_CREAT|O_APPEND, 0666", "u"),
        ("O_RDWR", "b"),
        ("O_WRONLY", "u"),
        ("O_RDWR|O_CREAT, 0644", "o"),
    ],
)
def test_the_flags_say_what_an_open_is(flags: str, kind: str) -> None:
    assert one(f'openat(AT_FDCWD</w>, "f", {flags}) = 3</w/f>') == [(kind, "/w/f")]
    assert one(f'open("f", {flags}) = 3</w/f>') == [(kind, "/w/f")]
    assert one(f'openat(7</d>, "f", {flags}) = 3</d/f>') == [(kind, "/d/f")]


@pytest.mark.parametrize("flags", ["O_RDONLY|O_DIRECTORY", "O_PATH|O_CLOEXEC", "O_RDWR|O_TMPFILE, 0600"])
def test_what_is_neither_read_nor_written_is_not_told(flags: str) -> None:
    assert one(f'openat(AT_FDCWD</w>, "f", {flags}) = 3</w/f>') == []


@pytest.mark.parametrize(
    ("call", "event"),
    [
        ('creat("f", 0666) = 3</w/f>', ("w", "/w/f")),
        (
            'openat2(AT_FDCWD</w>, "f", {flags=O_RDONLY|O_CLOEXEC, resolve=RESOLVE_BENEATH}, 24) = 3</w/f>',
            ("r", "/w/f"),
        ),
        ('truncate("f", 0) = 0', ("w", "/w/f")),
        ('truncate("f", 10) = 0', ("u", "/w/f")),
        ('unlink("f") = 0', ("d", "/w/f")),
        ('unlinkat(4</d>, "f", 0) = 0', ("d", "/d/f")),
        ('rmdir("f") = 0', ("d", "/w/f")),
        ('rename("a", "/x/b") = 0', ("m", "/w/a -> /x/b")),
        ('renameat(3</d>, "a", AT_FDCWD</w>, "b") = 0', ("m", "/d/a -> /w/b")),
        ('renameat2(AT_FDCWD</w>, "a", AT_FDCWD</w>, "b", RENAME_NOREPLACE) = 0', ("m", "/w/a -> /w/b")),
        ('link("a", "b") = 0', ("l", "/w/a -> /w/b")),
        ('linkat(AT_FDCWD</w>, "a", 3</d>, "b", 0) = 0', ("l", "/w/a -> /d/b")),
        ('linkat(3</w/#77>(deleted), "", AT_FDCWD</w>, "b", AT_EMPTY_PATH) = 0', ("w", "/w/b")),
        ('linkat(0</dev/null>, "/proc/self/fd/6", AT_FDCWD</w>, "b", AT_SYMLINK_FOLLOW) = 0', ("w", "/w/b")),
        ('symlink("../t", "d/b") = 0', ("l", "/w/t -> /w/d/b")),
        ('symlinkat("/t", 3</d>, "b") = 0', ("l", "/t -> /d/b")),
        ('execve("./tool", ["tool"], 0x1 /* 1 var */) = 0', ("x", "/w/tool")),
        ('execveat(5</opt/tool>, "", ["tool"], 0x1, AT_EMPTY_PATH) = 0', ("x", "/opt/tool")),
    ],
)
def test_each_call_is_one_event(call: str, event: Told) -> None:
    assert one(call) == [event]


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ('{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.7")}, 16', "192.0.2.7:443"),
        (
            '{sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "2001:DB8::1", &sin6_addr)}, 28',
            "[2001:db8::1]:80",
        ),
        (
            '{sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "::ffff:192.0.2.7", &sin6_addr)}, 28',
            "192.0.2.7:80",
        ),
    ],
)
@pytest.mark.parametrize("result", ["0", "-1 EINPROGRESS (Operation now in progress)"])
def test_a_connection_is_told_by_host_and_port(address: str, peer: str, result: str) -> None:
    assert one(f"connect(5<socket:[77]>, {address}) = {result}") == [("n", peer)]


@pytest.mark.parametrize(
    "address",
    [
        '{sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110',
        '{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16',
        '{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("192.0.2.1")}, 16',
        '{sa_family=AF_UNIX, sun_path="sa_family=AF_INET, sin_port=htons(1), x"}, 110',
    ],
)
def test_sockets_of_this_machine_and_looking_up_names_are_no_connections(address: str) -> None:
    assert one(f"connect(5<socket:[77]>, {address}) = 0") == []


def test_the_name_is_the_one_that_the_program_used() -> None:
    assert one('openat(AT_FDCWD</w>, "link/f", O_RDONLY) = 3</real/place/f>') == [("r", "/w/link/f")]


@pytest.mark.parametrize(
    ("name", "real", "path"),
    [
        ("../f", "/f", "/f"),
        ("./a//f", "/w/a/f", "/w/a/f"),
        ("link/../f", "/real/f", "/real/f"),
        ("../../../etc/f", "/etc/f", "/etc/f"),
        ("/a/../f", "/other/f", "/other/f"),
        ("//a/f", "/a/f", "/a/f"),
        ("..f", "/w/..f", "/w/..f"),
    ],
)
def test_two_dots_after_a_name_lead_where_the_system_went(name: str, real: str, path: str) -> None:
    assert one(f'openat(AT_FDCWD</w>, "{name}", O_RDONLY) = 3<{real}>') == [("r", path)]


@pytest.mark.parametrize("path", ["/proc/self/maps", "/dev/null", "/sys/devices/system/cpu/online", "/dev/pts/1"])
def test_what_can_never_matter_is_not_told(path: str) -> None:
    assert one(f'openat(AT_FDCWD</w>, "{path}", O_RDWR) = 3<{path}>') == []


def test_a_name_of_an_open_file_stands_for_the_file() -> None:
    assert one('openat(AT_FDCWD</w>, "/dev/stdin", O_RDONLY) = 3</w/data.csv>') == [("r", "/w/data.csv")]
    assert one('openat(AT_FDCWD</w>, "/dev/fd/63", O_RDONLY) = 3<pipe:[88]>') == []
    assert one('openat(AT_FDCWD</w>, "/proc/self/fd/5", O_RDWR) = 3</memfd:x>(deleted)') == []


def test_data_in_shared_memory_is_told() -> None:
    assert one('openat(AT_FDCWD</w>, "/dev/shm/set.npy", O_RDONLY) = 3</dev/shm/set.npy>') == [
        ("r", "/dev/shm/set.npy")
    ]


def test_a_name_relative_to_something_unknown_is_passed_over() -> None:
    assert one('openat(9, "f", O_RDONLY) = 3') == []
    assert one('unlinkat(9<pipe:[3]>, "f", 0) = 0') == []


def test_a_process_is_followed_from_directory_to_directory() -> None:
    assert without_gaps(
        events(
            '1  chdir("sub") = 0',
            '1  unlink("a") = 0',
            '1  openat(AT_FDCWD, "b", O_RDONLY) = 3',
            "1  fchdir(4</other>) = 0",
            '1  unlink("c") = 0',
            '1  chdir("/w") = 0',
            '1  chdir("link") = 0',
            '1  unlink("../d") = 0',
        )
    ) == [("d", "/w/sub/a"), ("r", "/w/sub/b"), ("d", "/other/c"), ("d", "/real/d")]


def test_a_child_begins_where_its_parent_is_and_goes_its_own_way() -> None:
    assert without_gaps(
        events(
            '1  chdir("/a") = 0',
            "1  clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 2",
            '2  unlink("f") = 0',
            '2  chdir("/b") = 0',
            '1  unlink("g") = 0',
            '2  unlink("h") = 0',
        )
    ) == [("d", "/a/f"), ("d", "/a/g"), ("d", "/b/h")]


def test_threads_share_their_directory() -> None:
    assert without_gaps(
        events(
            "1  clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, exit_signal=0}, 88) = 2",
            '2  chdir("/a") = 0',
            '1  unlink("f") = 0',
        )
    ) == [("d", "/a/f")]


def test_what_a_child_does_before_its_parent_is_back_is_understood_in_order() -> None:
    """`vfork` returns when the child has executed a program; its directory is known only then."""
    assert without_gaps(
        events(
            '1  chdir("/a") = 0',
            "1  vfork( <unfinished ...>",
            '2  chdir("b") = 0',
            '2  execve("./tool", ["tool"], 0x7f) = 0',
            '3  openat(AT_FDCWD</elsewhere>, "x", O_RDONLY) = 3</elsewhere/x>',
            "1  <... vfork resumed>) = 2",
            '2  unlink("c") = 0',
        )
    ) == [("x", "/a/b/tool"), ("r", "/elsewhere/x"), ("d", "/a/b/c")]


def test_a_child_that_is_gone_before_its_parent_is_back_is_understood() -> None:
    assert without_gaps(
        events(
            '1  chdir("/a") = 0',
            "1  vfork( <unfinished ...>",
            '2  unlink("f") = 0',
            "2  +++ exited with 0 +++",
            "1  <... vfork resumed>) = 2",
        )
    ) == [("d", "/a/f")]


def test_a_process_whose_parent_is_never_heard_of_is_taken_to_be_where_the_run_began() -> None:
    assert without_gaps(events('8  unlink("f") = 0', "1  +++ exited with 0 +++")) == [("d", "/w/f")]


def test_very_many_such_lines_do_not_wait_for_ever() -> None:
    trace = new_trace()
    trace.feed(os.fsencode(BEGIN) + b"\n")
    data = trace.feed(b"".join(b'8  unlink("f%d") = 0\n' % n for n in range(3000)))
    assert (b"d", b"/w/f2999") in {(kind, payload) for kind, _, payload in protocol.decode(data)}


def test_a_number_given_again_is_another_process() -> None:
    assert without_gaps(
        events(
            "1  fork() = 2",
            '2  chdir("/old") = 0',
            "2  +++ exited with 0 +++",
            "1  fork() = 2",
            '2  unlink("f") = 0',
        )
    ) == [("d", "/w/f")]


def test_calls_of_several_processes_may_be_interleaved() -> None:
    assert without_gaps(
        events(
            "1  clone(flags=CLONE_FS|CLONE_THREAD) = 2",
            '1  openat(AT_FDCWD</w>, "a", O_RDONLY <unfinished ...>',
            '2  openat(AT_FDCWD</w>, "b", O_WRONLY|O_TRUNC <unfinished ...>',
            "1  <... openat resumed>) = 3</w/a>",
            "2  <... openat resumed>) = -1 EACCES (Permission denied)",
        )
    ) == [("r", "/w/a")]


def test_a_thread_that_executes_a_program_becomes_the_process() -> None:
    assert events(
        "1  clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD}, 88) = 2",
        '2  execve("/bin/true", ["true"], 0x7f /* 9 vars */ <pid changed to 1 ...>',
        "1  +++ superseded by execve in pid 2 +++",
        "1  <... execve resumed>)             = -1 (errno 18446744073709551359)",
        '1  unlink("f") = 0',
        "1  +++ exited with 0 +++",
    ) == [("x", "/bin/true"), ("d", "/w/f")]


def test_what_is_repeated_is_told_once_and_a_later_write_is_told() -> None:
    read, write = (
        '1  openat(AT_FDCWD</w>, "f", O_RDONLY) = 3</w/f>',
        '1  openat(AT_FDCWD</w>, "f", O_WRONLY|O_TRUNC) = 3</w/f>',
    )
    assert without_gaps(events(read, read, write, read, write)) == [("r", "/w/f"), ("w", "/w/f")]


def test_a_name_that_is_used_anew_is_told_anew() -> None:
    write = '1  openat(AT_FDCWD</w>, "t", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</w/t>'
    assert without_gaps(
        events(write, '1  rename("t", "a") = 0', write, '1  rename("t", "b") = 0', write, '1  unlink("t") = 0')
    ) == [
        ("w", "/w/t"),
        ("m", "/w/t -> /w/a"),
        ("w", "/w/t"),
        ("m", "/w/t -> /w/b"),
        ("w", "/w/t"),
        ("d", "/w/t"),
    ]


def test_a_program_that_cannot_do_its_work_is_a_gap() -> None:
    gap = "sudo has a cold; use --trace python"
    lines = ['1  execve("/bin/sudo", ["sudo"], 0x7f) = 0'] * 2
    assert events(*lines, "1  +++ exited with 1 +++") == [("x", "/bin/sudo"), ("j", gap)]


def test_a_trace_that_ends_before_the_run_is_a_gap() -> None:
    assert events('1  unlink("f") = 0')[1:] == [
        ("j", "strace ended before the run did: what it read and wrote after that is not known")
    ]


def test_what_is_left_in_the_background_is_not_part_of_the_run() -> None:
    trace = new_trace()
    lines = [BEGIN, "1  fork() = 2", "1  +++ killed by SIGKILL +++", '2  unlink("f") = 0']
    assert b"/w/f" not in trace.feed(os.fsencode("\n".join([*lines, ""])))
    assert trace.is_over


def test_a_command_that_was_never_executed_has_not_begun() -> None:
    trace = new_trace()
    trace.feed(b'1  execve("/bin/tool", ["tool"], 0x7f) = -1 ENOEXEC (Exec format error)\n1  +++ exited with 1 +++\n')
    assert (trace.has_begun, trace.is_over, trace.end()) == (False, True, b"")


def test_events_are_numbered_in_the_order_of_the_lines() -> None:
    trace = new_trace()
    lines = [
        BEGIN,
        "1  vfork( <unfinished ...>",
        '2  unlink("a") = 0',
        '1  unlink("b") = 0',
        "1  <... vfork resumed>) = 2",
    ]
    found = protocol.decode(trace.feed(os.fsencode("\n".join([*lines, ""]))))
    assert [payload for _, _, payload in found] == [b"/bin/tool", b"/w/a", b"/w/b"]
    assert [when for _, when, _ in found] == sorted(when for _, when, _ in found)


_PIECES = st.sampled_from([
    "1  ", "2  ", "openat(", "AT_FDCWD</w>, ", '"f"', '"', "\\", "O_RDONLY", ") = 3", "</w/f>", "<", ">", "(deleted)",
    " <unfinished ...>", "<... openat resumed>", "+++ exited with 0 +++", "+++ superseded by execve in pid 2 +++", "\n",
    "clone(", "chdir(", "rename(", ", ", "connect(", "sa_family=AF_INET", "-1 ENOENT (No)", "\\777", "\\x4", "99999",
])  # fmt: skip


@pytest.mark.property
@given(st.lists(_PIECES, max_size=40).map("".join), st.binary(max_size=30))
def test_no_line_makes_it_fail(text: str, rubbish: bytes) -> None:
    trace = new_trace()
    data = os.fsencode(BEGIN) + b"\n" + os.fsencode(text) + rubbish + b"\n"
    assert all(kind for kind, _, _ in protocol.decode(trace.feed(data) + trace.end()))


@pytest.mark.property
@given(st.lists(st.integers(0, 400), max_size=12))
def test_where_the_stream_is_cut_makes_no_difference(cuts: list[int]) -> None:
    lines = [BEGIN, "1  fork() = 2", '2  chdir("/a") = 0', '2  unlink("f") = 0', '1  open("f", O_RDONLY) = 3</w/f>']
    at_once, in_pieces = new_trace(), new_trace()
    whole = at_once.feed(os.fsencode("\n".join([*lines, ""])))
    ends = sorted({cut % len(lines) for cut in cuts} | {0, len(lines)})
    pieces = [lines[begin:end] for begin, end in pairwise(ends)]
    assert b"".join(in_pieces.feed(os.fsencode("\n".join([*piece, ""]))) for piece in pieces) == whole
