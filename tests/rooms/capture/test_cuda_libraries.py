from pathlib import Path

from gitprov.capture.environment.cuda import libraries

WHEELS = [("nvidia-cuda-runtime-cu12", "12.1.105"), ("nvidia-cudnn-cu12", "8.9.2.26"), ("nvidia-nccl-cu12", "2.18.1")]
KEPT = [("cudatoolkit", "11.8.0"), ("cudnn", "8.8.0"), ("nccl", "2.17.1")]


def toolkit(root: Path, home: str) -> None:
    (root / home / "include").mkdir(parents=True)
    (root / home / "version.json").write_text('{\n "cuda" : {\n "name" : "CUDA SDK",\n "version" : "12.4.1"\n }\n}')
    header = "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n#define CUDNN_PATCHLEVEL 0\n"
    (root / home / "include/cudnn_version.h").write_text(header)


def test_where_there_is_no_cuda_nothing_is_said(tmp_path: Path) -> None:
    assert libraries([("numpy", "1.0")], [("r-base", "4.3")], {}, str(tmp_path)) == {}


def test_packages_named_after_a_library_tell_its_version(tmp_path: Path) -> None:
    assert libraries(WHEELS, [], {}, str(tmp_path)) == {"cuda": "12.1.105", "cudnn": "8.9.2.26", "nccl": "2.18.1"}
    assert libraries([], KEPT, {}, str(tmp_path)) == {"cuda": "11.8.0", "cudnn": "8.8.0", "nccl": "2.17.1"}


def test_the_systems_toolkit_is_read_from_its_own_files(tmp_path: Path) -> None:
    toolkit(tmp_path, "usr/local/cuda")
    (tmp_path / "usr/include").mkdir()
    (tmp_path / "usr/include/nccl.h").write_text("#define NCCL_MAJOR 2\n#define NCCL_MINOR 20\n#define NCCL_PATCH 5\n")
    assert libraries([], [], {}, str(tmp_path)) == {"cuda": "12.4.1", "cudnn": "9.1.0", "nccl": "2.20.5"}


def test_the_toolkit_that_a_variable_names_comes_first_and_may_be_old(tmp_path: Path) -> None:
    toolkit(tmp_path, "usr/local/cuda")
    (tmp_path / "opt/cuda-10").mkdir(parents=True)
    (tmp_path / "opt/cuda-10/version.txt").write_text("CUDA Version 10.2.89\n")
    assert libraries([], [], {"CUDA_HOME": "/opt/cuda-10"}, str(tmp_path)) == {"cuda": "10.2.89"}


def test_what_the_environment_brings_goes_before_the_system(tmp_path: Path) -> None:
    toolkit(tmp_path, "usr/local/cuda")
    assert libraries(WHEELS[:1], [], {}, str(tmp_path)) == {"cuda": "12.1.105", "cudnn": "9.1.0"}


def test_damaged_files_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "usr/local/cuda/include").mkdir(parents=True)
    (tmp_path / "usr/local/cuda/version.json").write_bytes(b"\xff{")
    (tmp_path / "usr/local/cuda/include/nccl.h").write_text("#define NCCL_MAJOR 2\n")
    assert libraries([], [], {}, str(tmp_path)) == {}
