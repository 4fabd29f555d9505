import subprocess
import sys

import pytest

FRAMEWORKS = {
    "keras": ("keras", "tensorflow"),
    "lightgbm": ("lightgbm",),
    "lightning": ("lightning", "lightning.pytorch", "pytorch_lightning"),
    "sklearn": ("sklearn",),
    "transformers": ("transformers",),
    "xgboost": ("xgboost",),
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_where_the_framework_is_not_installed_the_error_says_which_one_is_needed(name: str) -> None:
    hidden = dict.fromkeys(FRAMEWORKS[name])  # a module that is None in sys.modules cannot be imported
    script = f"import sys; sys.modules.update({hidden}); import gitprov.integrations.{name}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"ImportError: gitprov.integrations.{name} needs " in done.stderr
    assert "pip install" in done.stderr
