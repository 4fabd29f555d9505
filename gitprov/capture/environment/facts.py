"""What a Python interpreter knows of itself; run by that interpreter as a script, it prints it as JSON.

So this file runs on every Python 3.5 and newer, and imports next to nothing. `platform_tag` serves our own process
as well, where there is no interpreter to ask.
"""

import os
import sys


def platform_tag() -> str:
    """Return system, machine and C library as one word: `linux-x86_64-glibc2.36`, `macos-arm64-14.5`."""
    system = os.uname()
    name = {"darwin": "macos"}.get(sys.platform, sys.platform)
    parts = [name, system.machine, _macos_version() if name == "macos" else libc().replace(" ", "")]
    return "-".join(part for part in parts if part)


def libc() -> str:
    """Return the C library and its version: `glibc 2.36`; `musl`, which tells no version; empty when unknown."""
    try:
        library = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):
        library = ""
    if library:
        return library
    is_musl = any(os.path.exists("/lib/ld-musl-" + arch + ".so.1") for arch in (os.uname().machine, "armhf", "i386"))
    return "musl" if is_musl else ""


def _macos_version() -> str:
    import platform

    return platform.mac_ver()[0]


def facts() -> "dict[str, object]":
    """Return what identifies this interpreter and where its distributions are, as plain JSON data."""
    import site

    implementation = sys.implementation.name
    user_sites = sys.prefix == sys.base_prefix or sys.base_prefix in site.PREFIXES
    return {
        "version": "{}.{}.{}{}".format(*sys.version_info[:3], _release_level()),
        "implementation": implementation,
        "build": _build(),
        "compiler": _compiler(),
        "libc": libc(),
        "platform": platform_tag(),
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        # `.pth` files put further directories on the path
        "sites": _distinct(site.getsitepackages() + _added(site.getsitepackages())),
        # the user's own directory comes before the others, where the interpreter looks there at all
        "user_site": site.getusersitepackages() if user_sites else "",
        "system": sys.platform,
        "machine": os.uname().machine,
    }


def _build() -> str:
    """Return what else tells two builds of one version apart: `main, Dec  5 2023, 10:14:38, debug`."""
    told = sys.version.partition("(")[2].partition(")")[0]
    flags = getattr(sys, "abiflags", "")
    kinds = [told, "debug" if "d" in flags else "", "free-threaded" if "t" in flags else ""]
    return ", ".join(kind for kind in kinds if kind)


def _compiler() -> str:
    """Return the compiler that built the interpreter, as it names itself: `GCC 12.2.0`."""
    return sys.version.rpartition("[")[2].rpartition("]")[0]


def _added(known: "list[str]") -> "list[str]":
    """Return the other directories on the path in which distributions are installed."""
    return [path for path in sys.path if path not in known and os.path.isdir(path) and _has_installed(path)]


def _has_installed(path: str) -> bool:
    """Tell an installation from a source tree that is worked in, where every run may change what is there."""
    return any(name.endswith((".dist-info", ".egg")) for name in os.listdir(path))


def _release_level() -> str:
    level, serial = sys.version_info[3:]
    return {"alpha": "a", "beta": "b", "candidate": "rc"}[level] + str(serial) if level != "final" else ""


def _distinct(paths: "list[str]") -> "list[str]":
    """Return the paths without those that are others under another name (`lib64`)."""
    kept = []  # type: list[str]
    for path in paths:
        if os.path.realpath(path) not in [os.path.realpath(other) for other in kept]:
            kept.append(path)
    return kept


if __name__ == "__main__":
    import json

    json.dump(facts(), sys.stdout)
