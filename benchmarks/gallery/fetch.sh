#!/bin/sh
# Puts the projects whose examples are run into a directory, and makes an environment for them:
#   benchmarks/gallery/fetch.sh gallery
# Needs git, and R for the R script.
set -eu

root=${1:?where to put the projects}
mkdir -p "$root"
python3 -m venv "$root/venv"
"$root/venv/bin/pip" install --quiet numpy scipy pandas pyarrow openpyxl scikit-learn statsmodels matplotlib networkx \
    h5py torch kedro 'kedro-datasets[pandas,matplotlib,plotly]' seaborn

clone() { # repository, directory
    git clone --quiet --depth 1 "https://github.com/$1" "$root/$2"
}

clone scikit-learn/scikit-learn scikit-learn
clone statsmodels/statsmodels statsmodels
clone pytorch/examples pytorch-examples
clone networkx/networkx networkx
clone h5py/h5py h5py
clone matplotlib/matplotlib matplotlib
clone swcarpentry/shell-novice shell-novice
clone kedro-org/kedro-starters kedro-starters

(cd "$root" && DO_NOT_TRACK=1 venv/bin/kedro new --starter "$PWD/kedro-starters" --directory spaceflights-pandas \
    --name rendered --telemetry no)
mkdir -p "$root/r"
cp "$(Rscript -e 'cat(system.file("demo", "lm.glm.R", package = "stats"))')" "$root/r/"
