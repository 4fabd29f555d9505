from pathlib import Path

import pytest

from support.told import needs, told

SCRIPT = """
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
from gitprov.integrations.transformers import ProvCallback

config = BertConfig(
    hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=20
)
data = [{"input_ids": torch.ones(4, dtype=torch.long), "labels": number % 2} for number in range(8)]
arguments = TrainingArguments(
    output_dir="out", num_train_epochs=2, per_device_train_batch_size=4, logging_steps=1, eval_strategy="epoch",
    save_strategy="epoch", report_to=[], use_cpu=True, hub_token="hf_planted", disable_tqdm=True, save_total_limit=1,
)
model = BertForSequenceClassification(config)
Trainer(model=model, args=arguments, train_dataset=data, eval_dataset=data, callbacks=[ProvCallback()]).train()
"""
pytestmark = [pytest.mark.slow, needs("transformers", "torch", "accelerate")]


def test_arguments_what_is_logged_by_step_and_the_last_checkpoint_are_told(tmp_path: Path) -> None:
    found = told(SCRIPT, tmp_path)
    assert found.params["num_train_epochs"] == 2
    assert found.params["learning_rate"] == 5e-5
    assert [step for step, _ in found.metrics["loss"]] == [1, 2, 3, 4]
    assert [step for step, _ in found.metrics["eval_loss"]] == [2, 4]
    assert found.outputs == [str(tmp_path / "out" / "checkpoint-4")]
    assert "hf_planted" not in (tmp_path / "journal.jsonl").read_text()
