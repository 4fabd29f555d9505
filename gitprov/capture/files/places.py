"""Sorting what a run touched: inputs, outputs, the code it read, the libraries it used."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from gitprov.capture.files.declared import Declared
from gitprov.capture.files.judge import Judge, State
from gitprov.capture.files.programs import is_program
from gitprov.capture.files.touched import Touched
from gitprov.capture.files.whose import Shelf, Whose, source_of
from gitprov.capture.realpaths import below, really
from gitprov.capture.secrets.redactor import name_kind
from gitprov.model.text import quote

Remark = Literal["changed", "updated", "removed", "secret"]
"""What is to be said of a file that was read: changed by somebody else meanwhile, changed or removed by the run
itself before it could be hashed, left out because its name means secrets."""


class Blob(NamedTuple):
    """A file of the exact commit's tree."""

    oid: str
    mode: str
    is_new: bool = False
    """Whether only the snapshot has it: git did not track it yet."""


class World(NamedTuple):
    """What is known of the place a run was in. Directories are resolved ones; any may be empty."""

    top: str
    home: str
    nothing: tuple[str, ...]
    """Git's directories and our own."""
    temporary: tuple[str, ...]
    started_ns: int
    """When the run started, in ns since the epoch."""
    blobs: Callable[[Iterable[str]], Mapping[str, Blob]]
    """What of the given paths, relative to `top`, the exact commit's tree has as the run found it on disk."""


class Sorted(NamedTuple):
    """What a run touched, as far as a record speaks of it. Mappings are by recorded path if nothing else is said."""

    inputs: dict[str, Declared]
    outputs: dict[str, Declared]
    moved: dict[str, Declared]
    """Inputs whose bytes the run moved: recorded as they were named, `real` where they are."""
    lost: dict[str, Declared]
    """Inputs whose bytes as they were read are not on disk any more."""
    blobs: dict[str, str]
    """The blobs of those inputs that are tracked."""
    sizes: dict[str, int]
    """Bytes of each file that has to be hashed, by where it is."""
    code: dict[bytes, str]
    """The blob of each tracked file that was read, by its path in the repository."""
    libraries: set[tuple[str, str]]
    """Files of installed packages that were read: their site directory, and the path below it."""
    remarks: dict[Remark, list[str]]
    """Recorded paths about which something is to be said."""


def sort(touched: Touched, world: World) -> Sorted:
    """Sort everything. Files are looked at, never opened."""
    return _Sorting(touched, world).all()


class _Sorting:
    def __init__(self, touched: Touched, world: World) -> None:
        self._touched, self._world = touched, world
        self._whose = Whose(touched, world.top, world.home, nothing=world.nothing, temporary=world.temporary)
        self._judge = Judge(touched, world.started_ns)
        self._blobs: dict[str, Blob] = {}
        self._done = Sorted({}, {}, {}, {}, {}, {}, {}, set(), {})

    def all(self) -> Sorted:
        """Look all tracked files up at once, then judge file by file."""
        made = [path for path in self._touched.made if self._whose.is_plain(path)]
        reads = self._reads(made)
        targets = filter(None, map(self._judge.link, (*reads, *made)))
        wanted = {path for path in (*reads, *made, *targets) if self._whose.is_work(path)}
        inside = {self._inside(path): path for path in wanted}
        self._blobs = {inside[path]: blob for path, blob in self._world.blobs(inside).items()} if inside else {}
        for path in made:
            self._put_made(path)
        for path, place in reads.items():
            self._put_read(path, place)
        return self._done

    def _reads(self, made: Iterable[str]) -> dict[str, str]:
        """What was read of people's own files, and where those bytes are; compiled modules as their source."""
        found: dict[str, str] = {}
        shelves: dict[str, Shelf | None] = {}
        for path, place in self._touched.read.items():
            directory, _, name = path.rpartition("/")
            if directory not in shelves:
                shelves[directory] = self._whose.shelf(directory or "/")
            shelf = shelves[directory]
            if shelf is not None:
                if shelf.site and (below := shelf.below(name)):
                    self._done.libraries.add((shelf.site, below))
            elif self._whose.is_plain(path):
                found[path] = place
            elif (source := source_of(path)) and self._whose.is_plain(source) and os.path.lexists(source):
                found.setdefault(source, source)
        unchanged = (path for path in made if path not in found and self._judge.was_only_opened(path))
        return {**found, **{path: path for path in unchanged}}

    def _put_made(self, path: str) -> None:
        """Put an output where the run wrote a file that is still there, or a directory that it renamed."""
        if self._judge.was_written(path):
            self._put_output(path)
        elif self._touched.made[path] == "moved":
            for file in self._judge.new_files_below(path):
                if file not in self._touched.made and self._whose.is_plain(file):
                    self._put_output(file)

    def _put_output(self, path: str) -> None:
        named = self._named(path)
        if not self._is_left_out(path, named):
            self._done.outputs[named.path] = named
            self._done.sizes[named.real] = self._judge.size(path)

    def _put_read(self, path: str, place: str) -> None:
        state = self._judge.state(path, place, is_tracked=path in self._blobs)
        if state == "made":
            self._put_output(path)
        elif state == "removed" and self._is_temporary(path):
            return  # a directory, or what a part of the run had made unseen
        elif state and not self._is_code(path) | self._is_code(self._judge.link(path) or path):
            self._put_input(path, place, state)

    def _is_code(self, path: str) -> bool:
        """Note a tracked file as read. Tell whether it is code alone, and no input."""
        blob = self._blobs.get(path)
        if blob is None:
            return False
        is_program_text = self._whose.is_executed(path) or is_program(os.path.basename(path))
        # Data that git does not track is not code because a snapshot happened to take it along.
        if blob.is_new and not is_program_text:
            return False
        self._done.code[os.fsencode(self._inside(path))] = blob.oid
        return is_program_text

    def _put_input(self, path: str, place: str, state: State) -> None:
        named, blob = self._named(path), self._blobs.get(path)
        if blob is None and self._is_left_out(path, named):
            return
        is_tracked = blob is not None and not blob.is_new and not self._judge.link(path)
        if blob and is_tracked:
            self._done.blobs[named.path] = blob.oid
        if state in ("updated", "removed") or (state == "moved" and is_tracked):
            self._done.lost[named.path] = named
        elif state == "moved":
            self._done.moved[named.path] = named._replace(real=place)
            self._done.sizes[place] = self._judge.size(place)
        else:
            self._done.inputs[named.path] = named
            if not is_tracked:
                self._done.sizes[named.real] = self._judge.size(path)
        if state == "changed" or (state in ("updated", "removed") and not is_tracked):
            self._remark(state, named.path)

    def _is_left_out(self, path: str, named: Declared) -> bool:
        """Tell whether a file is not to be spoken of: a link to the system's own, or what holds secrets by its name."""
        is_link = bool(self._judge.link(path))
        if is_link and not self._whose.is_plain(named.real):
            return True
        if name_kind(path) or (is_link and name_kind(named.real)):
            self._remark("secret", named.path)
            return True
        return False

    def _remark(self, remark: Remark, path: str) -> None:
        self._done.remarks.setdefault(remark, []).append(path)

    def _named(self, path: str) -> Declared:
        """Return a file as it is recorded: relative to the repository where its bytes are in it."""
        real = really(path, self._world.top) if self._judge.link(path) else path
        if self._whose.is_work(real):
            return Declared(quote(self._inside(real)), real, "file", self._world.top, named=False)
        return Declared(quote(real), real, "file", "/", absolute=True, named=False)

    def _inside(self, path: str) -> str:
        return below(path, self._world.top)

    def _is_temporary(self, path: str) -> bool:
        return not self._whose.is_work(path) and path.startswith(tuple(f"{one}/" for one in self._world.temporary))
