"""Which container a run is in, as the files under a root and the variables of its maker tell."""

from pathlib import Path

import pytest

from gitprov.capture.environment.container import container

IMAGE = "a" * 64


def write(root: Path, name: str, text: str = "") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_outside_a_container_nothing_is_said(tmp_path: Path) -> None:
    assert container({}, str(tmp_path)) == {}


@pytest.mark.parametrize(
    ("environ", "image"),
    [
        ({"CI_JOB_IMAGE": f"host/x@sha256:{IMAGE}"}, {"container": f"sha256:{IMAGE}"}),
        ({"GIT_PROV_CONTAINER": f"sha256:{IMAGE}"}, {"container": f"sha256:{IMAGE}"}),
        ({"GIT_PROV_CONTAINER": "latest"}, {}),
    ],
)
def test_the_images_digest_is_taken_from_whoever_states_it(
    tmp_path: Path, environ: dict[str, str], image: dict[str, str]
) -> None:
    assert container(environ, str(tmp_path)) == image


def test_podman_tells_its_image(tmp_path: Path) -> None:
    write(tmp_path, "run/.containerenv", f'engine="podman"\nimage="x"\nimageid="{IMAGE}"\n')
    assert container({}, str(tmp_path)) == {"container": f"sha256:{IMAGE}", "container_engine": "podman"}


def test_docker_tells_no_image_and_none_is_guessed(tmp_path: Path) -> None:
    write(tmp_path, ".dockerenv")
    assert container({}, str(tmp_path)) == {"container_engine": "docker"}


@pytest.mark.parametrize(
    ("group", "engine"),
    [("0::/kubepods/besteffort/pod1", "kubernetes"), ("0::/system.slice/docker-1.scope", "docker"), ("0::/user", "")],
)
def test_an_engine_is_known_by_its_control_group(tmp_path: Path, group: str, engine: str) -> None:
    write(tmp_path, "proc/self/cgroup", group + "\n")
    assert container({}, str(tmp_path)).get("container_engine", "") == engine


def test_an_apptainer_image_has_an_id_where_it_can_be_seen(tmp_path: Path) -> None:
    head = b"#!/usr/bin/env run-singularity\n".ljust(32, b"\0") + b"SIF_MAGIC\0" + b"01\0" + b"02\0"
    (tmp_path / "x.sif").write_bytes(head + bytes(range(16)) + bytes(100))
    expected = {"container": f"sif:{bytes(range(16)).hex()}", "container_engine": "apptainer"}
    assert container({"APPTAINER_CONTAINER": str(tmp_path / "x.sif")}, str(tmp_path)) == expected
    assert container({"APPTAINER_CONTAINER": "/nowhere/x.sif"}, str(tmp_path)) == {"container_engine": "apptainer"}
    (tmp_path / "x.sif").write_bytes(head)
    assert "container" not in container({"SINGULARITY_CONTAINER": str(tmp_path / "x.sif")}, str(tmp_path))
