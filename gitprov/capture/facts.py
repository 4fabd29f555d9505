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
    parts = [name, system.machine, _macos_version() if name == "macos" else _c_library()]
    return "-".join(part for part in parts if part)


def _c_library() -> str:
    try:
        library = os.confstr("CS_GNU_LIBC_VERSION") or ""  # "glibc 2.36"
    except (ValueError, OSError):
        library = ""
    if library:
        return library.replace(" ", "")
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
        "platform": platform_tag(),
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "sites": _distinct(site.getsitepackages()),
        # the user's own directory comes before the others, where the interpreter looks there at all
        "user_site": site.getusersitepackages() if user_sites else "",
        "system": sys.platform,
        "machine": os.uname().machine,
    }


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
