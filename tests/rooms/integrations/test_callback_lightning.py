from pathlib import Path

import pytest

from support.told import needs, told

SCRIPT = """
import torch
{imports}
from gitprov.integrations.lightning import ProvCallback

class Model(L.LightningModule):
    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(2, 1)

    def training_step(self, batch, index):
        loss = self.layer(batch).pow(2).mean()
        self.log("loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch, index):
        self.log("val_loss", self.layer(batch).pow(2).mean())

    def test_step(self, batch, index):
        self.log("test_loss", 0.5)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)

data = torch.utils.data.DataLoader(torch.ones(12, 2), batch_size=2)
kept = ModelCheckpoint(monitor="val_loss", dirpath="kept")
trainer = L.Trainer(
    accelerator="cpu", devices=1, max_epochs=2, log_every_n_steps={every}, logger=False,
    enable_progress_bar=False, enable_model_summary=False, callbacks=[ProvCallback(), kept],
)
model = Model()
trainer.fit(model, data, data)
trainer.test(model, data, verbose=False)
"""
NEW = "import lightning as L\nfrom lightning.pytorch.callbacks import ModelCheckpoint"
OLD = "import pytorch_lightning as L\nfrom pytorch_lightning.callbacks import ModelCheckpoint"


def steps(points: list[tuple[int | None, object]]) -> list[int | None]:
    return [step for step, _ in points]


@pytest.mark.slow
@pytest.mark.parametrize(
    "imports",
    [
        pytest.param(NEW, marks=needs("lightning"), id="lightning"),
        pytest.param(OLD, marks=needs("pytorch_lightning"), id="pytorch_lightning"),
    ],
)
def test_hyperparameters_metrics_by_step_and_the_best_checkpoint_are_told(tmp_path: Path, imports: str) -> None:
    found = told(SCRIPT.format(imports=imports, every=4), tmp_path)
    assert found.params == {"lr": 0.1}
    assert {name: steps(points) for name, points in found.metrics.items()} == {
        "loss_step": [4, 8, 12],
        "loss_epoch": [6, 12],
        "val_loss": [6, 12],
        "test_loss": [12],
    }
    losses = [value for _, value in found.metrics["val_loss"]]
    assert losses[1] < losses[0]
    [best] = found.outputs
    assert Path(best).parent == tmp_path / "kept"
    assert Path(best).is_file()


@pytest.mark.slow
@needs("lightning")
def test_a_training_shorter_than_the_interval_of_logging_tells_its_last_step(tmp_path: Path) -> None:
    found = told(SCRIPT.format(imports=NEW, every=50), tmp_path)
    assert steps(found.metrics["loss_step"]) == [12]
