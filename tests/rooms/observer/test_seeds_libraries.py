"""Seeds of numerical libraries, in interpreters that have them."""

from pathlib import Path

import pytest

from support.adapting import Heard, listen, python_with


def heard_with(library: str, program: str, where: Path) -> Heard:
    heard = listen(program, where=where, python=python_with(library), TF_CPP_MIN_LOG_LEVEL="3")
    assert heard.status == 0, heard.output
    return heard


def test_numpy_s_global_generator_and_default_rng_are_seen(tmp_path: Path) -> None:
    program = """
import numpy as np
np.random.seed(1)
np.random.default_rng(2)
np.random.default_rng([3, 4])
np.random.default_rng(np.random.SeedSequence(5))
np.random.default_rng(np.random.default_rng(np.int64(6)))
"""
    heard = heard_with("numpy", program, tmp_path)
    assert heard.seeds == [("numpy", seed) for seed in (1, 2, "[3, 4]", 5, 6)]
    assert "unseeded" not in heard.ended


@pytest.mark.parametrize(
    ("line", "told", "unseeded"),
    [
        ("np.random.rand()", [], ["numpy"]),
        ("np.random.default_rng()", [{"unseeded": {"numpy": "numpy.random.default_rng()"}}], []),
        ("np.random.RandomState(1).rand()", [], []),
        ("np.random.set_state(np.random.RandomState(1).get_state()); np.random.rand()", [], []),
    ],
)
def test_numpy_without_a_seed(tmp_path: Path, line: str, told: list[object], unseeded: list[str]) -> None:
    heard = heard_with("numpy", f"import numpy as np\n{line}", tmp_path)
    assert heard.told == told
    assert heard.ended.get("unseeded", []) == unseeded


def test_functions_of_numpy_can_still_be_pickled(tmp_path: Path) -> None:
    program = """
import pickle
from numpy.random import default_rng, seed
print([pickle.loads(pickle.dumps(one)) is one for one in (default_rng, seed)], default_rng(1).integers(1000))
"""
    assert heard_with("numpy", program, tmp_path).output == "[True, True] 473\n"


def test_a_random_state_given_to_scikit_learn_is_seen_and_those_drawn_for_members_are_not(tmp_path: Path) -> None:
    program = """
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier, HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
x, y = make_classification(60, random_state=1)
train_test_split(x, y, random_state=2)
RandomForestClassifier(20, random_state=3, n_jobs=2).fit(x, y)
BaggingClassifier(random_state=4).fit(x, y)
HistGradientBoostingClassifier(random_state=5, max_iter=2, early_stopping=True).fit(x, y)
VotingClassifier([("a", SGDClassifier(random_state=6))]).fit(x, y)
"""
    heard = heard_with("sklearn", program, tmp_path)
    assert heard.seeds == [("sklearn", seed) for seed in range(1, 7)]
    assert "unseeded" not in heard.ended


def test_scikit_learn_without_a_random_state_uses_numpy_s(tmp_path: Path) -> None:
    program = "from sklearn.utils import check_random_state\ncheck_random_state(None).rand()"
    heard = heard_with("sklearn", program, tmp_path)
    assert heard.told == [{"unseeded": {"sklearn": "random_state=None"}}]
    assert heard.ended["unseeded"] == ["numpy"]


def test_pytorch_is_seen_however_its_default_generator_is_seeded(tmp_path: Path) -> None:
    heard = heard_with("torch", "import torch\ntorch.manual_seed(1)\ntorch.cuda.manual_seed_all(2)", tmp_path)
    assert heard.seeds == [("torch", 1), ("torch", 2)]
    heard = heard_with("torch", "import torch\ntorch.default_generator.manual_seed(3)\ntorch.rand(1)", tmp_path)
    assert heard.seeds == [("torch", 3)]
    assert "unseeded" not in heard.ended


def test_pytorch_without_a_seed_and_its_flags(tmp_path: Path) -> None:
    program = "import torch\ntorch.use_deterministic_algorithms(True)\ntorch.set_num_threads(1)\ntorch.rand(1)"
    ended = heard_with("torch", program, tmp_path).ended
    assert ended["unseeded"] == ["torch"]
    assert ended["determinism"]["torch.deterministic_algorithms"] is True
    assert ended["determinism"]["threads.torch"] == 1


def test_a_flag_set_by_its_new_name_does_not_hide_the_others(tmp_path: Path) -> None:
    program = """
import torch
if hasattr(torch.backends.cuda.matmul, "fp32_precision"):
    torch.backends.cuda.matmul.fp32_precision = "tf32"
"""
    heard = heard_with("torch", program, tmp_path)
    assert heard.ended["determinism"]["torch.deterministic_algorithms"] is False
    assert heard.output == ""


def test_seeds_that_data_loaders_draw_for_their_workers_are_not_the_program_s(tmp_path: Path) -> None:
    program = """
import torch
from torch.utils.data import DataLoader
if __name__ == "__main__":
    torch.manual_seed(4)
    list(DataLoader(list(range(4)), num_workers=2, worker_init_fn=torch.manual_seed))
"""
    assert heard_with("torch", program, tmp_path).seeds == [("torch", 4)]


def test_jax_keys_are_seen_but_for_those_made_in_compiled_code(tmp_path: Path) -> None:
    program = """
import jax
jax.random.key(3), jax.random.PRNGKey(4)
print(jax.jit(lambda seed: jax.random.normal(jax.random.key(seed)))(5).shape)
"""
    heard = heard_with("jax", program, tmp_path)
    assert heard.seeds == [("jax", 3), ("jax", 4)]
    assert heard.ended["determinism"]["jax.enable_x64"] is False
    assert "unseeded" not in heard.ended


@pytest.mark.slow
def test_tensorflow_and_keras(tmp_path: Path) -> None:
    program = "import tensorflow as tf\ntf.random.normal((2,))\ntf.config.experimental.enable_op_determinism()"
    heard = heard_with("tensorflow", program, tmp_path)
    assert heard.told == [{"unseeded": {"tensorflow": "a random operation"}}]
    assert heard.ended["determinism"]["tensorflow.op_determinism"] is True
    program = "import tensorflow as tf\ntf.keras.utils.set_random_seed(7)\ntf.random.normal((2,))"
    heard = heard_with("tensorflow", program, tmp_path)
    assert heard.seeds == [("python", 7), ("numpy", 7), ("tensorflow", 7)]
    assert "unseeded" not in heard.ended
