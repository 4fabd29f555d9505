"""Where paths really lead: directories resolved and remembered, and the one rule for a path that is a link itself."""

import os


class Directories:
    """Directories with the links on their way resolved, each looked up once."""

    def __init__(self) -> None:
        self._real = {"/": "/"}

    def path(self, path: str) -> str:
        """Return an absolute path with its directory resolved; its last part stays as it is, even if it is a link."""
        head, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            return self.real(path)
        directory = self._real.get(head)
        if directory is None:
            directory = self.real(head or "/")
        return f"{directory}/{name}" if directory != "/" else f"/{name}"

    def real(self, directory: str) -> str:
        """Return an absolute directory without links, `.` and `..`; what is not there (any more) stands as named."""
        known = self._real.get(directory)
        if known is None:
            head, _, name = directory.rpartition("/")
            above = self.real(head or "/")
            known = self._real[directory] = self._below(above, name)
        return known

    def _below(self, above: str, name: str) -> str:
        if name in ("", "."):
            return above
        if name == "..":
            return os.path.dirname(above)
        path = os.path.join(above, name)
        try:
            os.readlink(path)
        except OSError:  # no link, which is what nearly all are
            return path
        return os.path.realpath(path)


def really(full: str, root: str) -> str:
    """Resolve a path, but for a last part that is a link to a file inside the repository (`root`, `""` for none)."""
    trimmed = full.rstrip("/") or "/"
    name = os.path.basename(trimmed)
    target = os.path.realpath(trimmed)
    if name in ("", ".", ".."):
        return target
    path = os.path.join(os.path.realpath(os.path.dirname(trimmed)), name)
    leads_inside = is_inside(target, root) and is_inside(path, root) and not os.path.isdir(target)
    return path if leads_inside or not os.path.islink(path) else target


def is_inside(path: str, root: str) -> bool:
    """Tell whether a resolved path is `root` or below it; never below no root."""
    return bool(root) and (path == root or path.startswith(root.rstrip("/") + "/"))


def is_really_inside(path: str, root: str) -> bool:
    """Tell whether a path leads to `root` or below it, links on the way of both resolved; never below no root."""
    return bool(root) and is_inside(os.path.realpath(path), os.path.realpath(root))


def below(path: str, root: str) -> str:
    """Return a path inside `root` as seen from there; `""` for `root` itself."""
    return path[len(root) :].lstrip("/")
