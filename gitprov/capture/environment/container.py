"""The container a run is in: the image's digest where something states it, and who runs it."""

import os
import re
from collections.abc import Mapping
from typing import Final

_DIGEST: Final = r"sha256:[0-9a-f]{64}"
# What an image's own digest is called: ours, for whoever starts the container, then GitLab's.
_IMAGE_VARIABLES: Final = ("GIT_PROV_CONTAINER", "CI_JOB_IMAGE")
_PODMAN: Final = "run/.containerenv"
_SIF_VARIABLES: Final = ("APPTAINER_CONTAINER", "SINGULARITY_CONTAINER")
# https://github.com/apptainer/sif: a launch script of 32 bytes, `SIF_MAGIC`, versions, the machine, then the image's id
_SIF_MAGIC: Final = slice(32, 41)
_SIF_ID: Final = slice(48, 64)
_ENGINES: Final = (("APPTAINER_CONTAINER", "apptainer"), ("SINGULARITY_CONTAINER", "singularity"))
_GROUPS: Final = (("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("/lxc", "lxc"))


def container(environ: Mapping[str, str], root: str = "/") -> dict[str, str]:
    """Return `container` and `container_engine` as far as they are known; nothing outside a container.

    `container` is the image's digest `sha256:...`, or the id `sif:<uuid>` that an Apptainer image has from its making.
    """
    found = {"container": image(environ, root), "container_engine": _engine(environ, root)}
    return {name: value for name, value in found.items() if value}


def image(environ: Mapping[str, str], root: str = "/") -> str:
    """Return what identifies the image we run in where something says so; empty when nothing does."""
    for name in _IMAGE_VARIABLES:
        if (told := environ.get(name)) and (match := re.search(_DIGEST, told)):
            return match[0]
    told = _head(os.path.join(root, _PODMAN)).decode("utf-8", "replace")
    if told and (match := re.search(r'^imageid="([0-9a-f]{64})"', told, re.MULTILINE)):
        return f"sha256:{match[1]}"
    for name in _SIF_VARIABLES:
        if found := _sif_id(environ.get(name, "")):
            return f"sif:{found}"
    return ""


def _engine(environ: Mapping[str, str], root: str) -> str:
    for name, engine in _ENGINES:
        if environ.get(name):
            return engine
    if os.path.exists(os.path.join(root, _PODMAN)):
        return "podman"
    if environ.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if os.path.exists(os.path.join(root, ".dockerenv")):
        return "docker"
    groups = _head(os.path.join(root, "proc/self/cgroup")).decode("utf-8", "replace")
    return next((engine for sign, engine in _GROUPS if sign in groups), "")


def _sif_id(path: str) -> str:
    """Return the id in an Apptainer image's header; empty where the image cannot be seen from inside it."""
    head = _head(path) if path else b""
    return head[_SIF_ID].hex() if head[_SIF_MAGIC] == b"SIF_MAGIC" and len(head) >= _SIF_ID.stop else ""


def _head(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(4096) or b""
    except OSError:
        return b""
