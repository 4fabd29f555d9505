"""What a command truly touched: worked out from a full `strace`, with none of git prov's own code.

Opening is not enough here: a file was read when bytes of it were read or mapped, and written when bytes went into it,
it was made, emptied or renamed. Paths are those the kernel resolved (`strace -y`).
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_READS = frozenset(("read", "pread64", "readv", "preadv", "preadv2", "mmap", "sendfile", "copy_file_range", "splice"))
_WRITES = frozenset(("write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "fallocate"))
_CALL = re.compile(rb"^(\d+) +(?:<\.\.\. )?([a-z0-9_]+)(?: resumed>|\()")
_FILE = re.compile(rb"(?<![A-Z])\d+<(/[^>]*)>")
_MADE = re.compile(rb"^\d+ +(?:<\.\.\. )?(?:openat2?|open|creat)\b.*\bO_(?:CREAT|TRUNC)\b.*= \d+<(/[^>]*)>$")


class Truth(NamedTuple):
    """Absolute paths of files that existed before and were read first, and of files that were written and are there."""

    inputs: set[str]
    outputs: set[str]


def truth(command: Sequence[str], cwd: Path, environ: Mapping[str, str], log: Path) -> Truth:
    """Run the command under a full strace, every system call, and sort what it touched. CalledProcessError."""
    before = {str(path) for path in cwd.rglob("*") if path.is_file()}
    strace = ["strace", "-f", "-y", "-s", "0", "-o", str(log), "--", *command]
    subprocess.run(strace, cwd=cwd, env=dict(environ), check=True, stdin=subprocess.DEVNULL, capture_output=True)
    read: set[str] = set()
    written: set[str] = set()
    for is_write, path in _touched(log):
        if is_write:
            written.add(path)
        elif path not in written:
            read.add(path)
    top = str(cwd)
    inputs = {path for path in read if os.path.isfile(path) or path in before}
    inputs = {path for path in inputs if not path.startswith(top) or path in before}
    after = {str(path) for path in cwd.rglob("*") if path.is_file()}
    return Truth(inputs, {path for path in written if os.path.isfile(path)} | (after - before))


def _touched(log: Path) -> Iterator[tuple[bool, str]]:
    with log.open("rb") as lines:
        for line in lines:
            call = _CALL.match(line)
            if call is None or b" = -1 " in line:
                continue
            name = call[2].decode()
            if made := _MADE.match(line):
                yield True, os.fsdecode(made[1])
            elif name in _READS or name in _WRITES:
                is_write = name in _WRITES
                for position, path in enumerate(_FILE.findall(line)):
                    # sendfile and copy_file_range name two files; which is which differs, and both are touched
                    yield is_write or (position > 0 and name == "copy_file_range"), os.fsdecode(path)
