import pytest

from gitprov.capture.files.kinds import Kind, Kinds

KINDS = Kinds(
    "/home/ana/lab/project",
    "/home/ana",
    nothing=["/home/ana/lab/project/.git", "/opt/gitprov/gitprov"],
    temporary=["/tmp"],
    prefixes=["/envs/ml", "/home/ana", "/", "/home/ana/lab"],
    programs=["/opt/conda/bin/python", "/home/ana/bin/tool", "/home/ana/lab/project/bin/x", "/data/bin/convert"],
)


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/home/ana/lab/project", "plain"),
        ("/home/ana/lab/project/data/deep", "plain"),
        ("/home/ana/lab/project/lib", "plain"),
        ("/home/ana/lab/project/bin", "plain"),
        ("/home/ana/lab/project/.git/objects", "nothing"),
        ("/home/ana/lab/project/vendor/.git", "nothing"),
        ("/home/ana/lab/project/node_modules/x", "environment"),
        ("/home/ana/lab/project/.tox/py311/lib", "environment"),
        ("/home/ana/lab/project/renv/library/R-4.3", "environment"),
        ("/home/ana/lab/project/src/foo.egg-info", "environment"),
        ("/home/ana/lab/project/x/site-packages/numpy", "library"),
        ("/home/ana/lab/project/src/__pycache__", "cache"),
        ("/home/ana/lab/project/.ipynb_checkpoints", "cache"),
        ("/home/ana/lab/other", "plain"),
        ("/home/ana/lab/lib", "plain"),
        ("/home/ana/lib", "plain"),
        ("/home/ana/bin", "plain"),
        ("/home/ana/.ssh", "secret"),
        ("/home/ana/.config/tool", "configuration"),
        ("/home/ana/.config/gcloud", "secret"),
        ("/home/ana/.julia/packages/CSV", "environment"),
        ("/home/ana/.julia/datadeps/MNIST", "plain"),
        ("/home/ana/.cache/matplotlib", "cache"),
        ("/home/ana/.cache/torch/kernels", "cache"),
        ("/home/ana/.cache/torch/hub/checkpoints", "plain"),
        ("/home/ana/.cache/huggingface/hub", "plain"),
        ("/home/ana/.keras/datasets", "plain"),
        ("/home/ana/scikit_learn_data", "plain"),
        ("/usr/lib/python3/dist-packages/yaml", "library"),
        ("/usr/share/dict", "system"),
        ("/etc", "system"),
        ("/nix/store/abc", "system"),
        ("/var/lib/dpkg", "system"),
        ("/var/data", "plain"),
        ("/proc/self", "nothing"),
        ("/dev/shm", "nothing"),
        ("/run/user/1000", "nothing"),
        ("/opt/conda/lib/python3.11", "environment"),
        ("/opt/conda/data", "plain"),
        ("/opt/data", "plain"),
        ("/envs/ml/include", "environment"),
        ("/envs/ml/lib/python3.11/site-packages/torch/nn", "library"),
        ("/data/share", "environment"),
        ("/data/train", "plain"),
        ("/lib", "system"),
        ("/opt/gitprov/gitprov/observer/site", "nothing"),
        ("/tmp", "plain"),
        ("/tmp/mine", "plain"),
        ("/tmp/torchinductor_ana/x", "cache"),
        ("/tmp/pymp-abc", "cache"),
    ],
)
def test_each_place_has_its_kind(directory: str, kind: Kind) -> None:
    assert KINDS.of(directory) == kind


@pytest.mark.parametrize(
    "top", ["/tmp/w", "/usr/src/app", "/var/lib/jenkins/w", "/opt/conda/lib/w", "/x/site-packages/w"]
)
def test_a_working_tree_is_work_wherever_it_is(top: str) -> None:
    kinds = Kinds(top, "/root", temporary=["/tmp"], programs=["/opt/conda/bin/python"])

    assert kinds.of(top + "/data") == "plain"


def test_a_home_below_a_system_directory_is_a_home() -> None:
    kinds = Kinds("/work", "/var/lib/jenkins")

    assert kinds.of("/var/lib/jenkins/data") == "plain"
    assert kinds.of("/var/lib/jenkins/.ssh") == "secret"
    assert kinds.of("/var/lib/dpkg") == "system"


def test_without_a_working_tree_or_home_the_rest_still_holds() -> None:
    kinds = Kinds("", "")

    assert [kinds.of(path) for path in ("/", "/data", "/usr/lib", "/lib")] == ["plain", "plain", "system", "system"]
