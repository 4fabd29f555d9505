#!/bin/sh
# Installs the peers that benchmarks/overhead.py and benchmarks/logging_cost.py measure, each in a virtual environment of its own.
# usage: benchmarks/peers.sh [DIR]    (default: ./peers; then: python -m benchmarks.overhead --peers DIR)
set -eu
directory=${1:-peers}
python=${PYTHON:-python3}
mkdir -p "$directory"
for peer in datalad dvc dvclive mlflow; do
    [ -d "$directory/$peer/lib" ] && continue
    "$python" -m venv "$directory/$peer"
    "$directory/$peer/bin/pip" install --quiet --disable-pip-version-check "$peer"
done
# DataLad keeps its data with git-annex; the one that the system has is taken first.
if ! command -v git-annex >/dev/null 2>&1; then
    "$directory/datalad/bin/pip" install --quiet --disable-pip-version-check git-annex
fi
"$directory/datalad/bin/datalad" --version
"$directory/dvc/bin/dvc" --version
