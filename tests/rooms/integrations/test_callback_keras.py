from pathlib import Path

import pytest

from support.told import needs, told

SCRIPT = """
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras, numpy
from gitprov.integrations.keras import ProvCallback

model = keras.Sequential([keras.layers.Dense(1)])
loss = keras.losses.MeanSquaredError()
model.compile(optimizer=keras.optimizers.SGD(0.05), loss=loss, metrics=["mae"])
x = numpy.ones((8, 2))
y = numpy.ones(8)
model.fit(x, y, epochs=3, validation_data=(x, y), verbose=0, callbacks=[ProvCallback()])
model.evaluate(x, y, verbose=0, callbacks=[ProvCallback()])
"""
pytestmark = [pytest.mark.slow, needs("keras", "torch")]


def test_optimizer_loss_and_metrics_by_epoch_are_told(tmp_path: Path) -> None:
    found = told(SCRIPT, tmp_path)
    assert found.params["epochs"] == 3
    assert found.params["loss"] == "mean_squared_error"
    assert found.params["optimizer"]["name"] == "sgd"
    assert found.params["optimizer"]["learning_rate"] == pytest.approx(0.05)
    epochs = {name: [step for step, _ in points] for name, points in found.metrics.items()}
    assert epochs == {
        **{name: [0, 1, 2] for name in ("loss", "mae", "val_loss", "val_mae")},
        **{name: [None] for name in ("evaluate_loss", "evaluate_mae")},
    }
