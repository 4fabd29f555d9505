"""Tell three species of penguin apart by their measurements: multinomial logistic regression, no libraries.

Reads data/penguins.csv, holds a part of it back, and writes model.json and metrics.json beside itself. The
seed decides the split and the order of training; it is taken from GIT_PROV_SEED, which `git prov run --seed`
sets, and is 0 otherwise.
"""

import argparse
import csv
import json
import math
import os
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
FEATURES = ("bill_length_mm", "bill_depth_mm")
TEST_SHARE = 0.3
BATCH = 16

Weights = list[list[float]]  # one row a species: one weight a feature, the intercept last


class Penguin(NamedTuple):
    """One bird: its measurements in the order of FEATURES, and the number of its species."""

    measures: list[float]
    species: int


def read(path: Path) -> tuple[list[Penguin], list[str]]:
    """Every bird that was measured, and the names of the species; two birds of 344 were not."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if "NA" not in (row[name] for name in FEATURES)]
    names = sorted({row["species"] for row in rows})
    birds = [Penguin([float(row[name]) for name in FEATURES], names.index(row["species"])) for row in rows]
    return birds, names


def split(birds: list[Penguin], chance: random.Random) -> tuple[list[Penguin], list[Penguin]]:
    """The birds to learn from, and the birds held back."""
    shuffled = chance.sample(birds, len(birds))
    held_back = round(len(birds) * TEST_SHARE)
    return shuffled[held_back:], shuffled[:held_back]


def spread(birds: Sequence[Penguin]) -> list[tuple[float, float]]:
    """Mean and standard deviation of each feature."""
    columns = list(zip(*(bird.measures for bird in birds), strict=True))
    means = [math.fsum(column) / len(column) for column in columns]
    return [
        (mean, math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column)))
        for mean, column in zip(means, columns, strict=True)
    ]


def standardised(birds: Iterable[Penguin], scale: Sequence[tuple[float, float]]) -> list[Penguin]:
    """The birds in units of standard deviations, with a constant 1 for the intercept."""
    return [
        Penguin([(x - mean) / sd for x, (mean, sd) in zip(measures, scale, strict=True)] + [1.0], species)
        for measures, species in birds
    ]


def probabilities(weights: Weights, measures: Sequence[float]) -> list[float]:
    """How likely each species is, for one bird."""
    scores = [sum(w * x for w, x in zip(row, measures, strict=True)) for row in weights]
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def step(weights: Weights, batch: Sequence[Penguin], lr: float) -> None:
    """Move the weights once, down the gradient of the cross-entropy over one batch."""
    gradient = [[0.0] * len(row) for row in weights]
    for measures, species in batch:
        for number, probability in enumerate(probabilities(weights, measures)):
            error = probability - (number == species)
            for column, x in enumerate(measures):
                gradient[number][column] += error * x
    for row, slopes in zip(weights, gradient, strict=True):
        for column, slope in enumerate(slopes):
            row[column] -= lr * slope / len(batch)


def train(birds: Sequence[Penguin], classes: int, lr: float, epochs: int, chance: random.Random) -> Weights:
    """Stochastic gradient descent from zero, in a new order every epoch."""
    weights = [[0.0] * len(birds[0].measures) for _ in range(classes)]
    for _ in range(epochs):
        order = chance.sample(birds, len(birds))
        for start in range(0, len(order), BATCH):
            step(weights, order[start : start + BATCH], lr)
    return weights


def accuracy(weights: Weights, birds: Sequence[Penguin]) -> float:
    """The share of birds whose likeliest species is the right one."""
    guesses = [probabilities(weights, bird.measures) for bird in birds]
    right = sum(guess.index(max(guess)) == bird.species for guess, bird in zip(guesses, birds, strict=True))
    return right / len(birds)


def evaluate(weights: Weights, birds: Sequence[Penguin], names: Sequence[str]) -> dict[str, object]:
    """Metrics over birds the model has not seen: accuracy, log loss, and recall by species."""
    losses = [-math.log(probabilities(weights, bird.measures)[bird.species]) for bird in birds]
    by_species = {name: [bird for bird in birds if names[bird.species] == name] for name in names}
    return {
        "accuracy": round(accuracy(weights, birds), 4),
        "log_loss": round(math.fsum(losses) / len(birds), 4),
        "recall": {name: round(accuracy(weights, some), 4) for name, some in by_species.items() if some},
    }


def write(name: str, content: dict[str, object]) -> None:
    """One JSON file beside this script."""
    (HERE / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train, evaluate, write both files, and say how it went."""
    parser = argparse.ArgumentParser(description="Tell three species of penguin apart.")
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate")
    parser.add_argument("--epochs", type=int, default=200, help="passes over the training birds")
    options = parser.parse_args()
    chance = random.Random(int(os.environ.get("GIT_PROV_SEED", "0")))

    birds, names = read(HERE / "data" / "penguins.csv")
    learn, held_back = split(birds, chance)
    scale = spread(learn)
    weights = train(standardised(learn, scale), len(names), options.lr, options.epochs, chance)
    metrics = evaluate(weights, standardised(held_back, scale), names)

    write("model.json", {"features": FEATURES, "species": names, "scale": scale, "weights": weights})
    write("metrics.json", metrics)
    print(f"{len(learn)} birds to learn from, {len(held_back)} held back, {len(FEATURES)} measurements each")
    print(f"accuracy {metrics['accuracy']:.1%}, log loss {metrics['log_loss']}")


if __name__ == "__main__":
    main()
