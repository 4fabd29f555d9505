"""What people's home directories hold besides their own work, by the conventions of the tools that put it there.

Whatever is not named here is data: the caches in which libraries keep the data sets and models they download
(`~/.cache/huggingface`, `~/.keras`, `~/scikit_learn_data`, ...) are inputs as any other file.
"""

from typing import Final

SECRET: Final = (
    *(".ssh", ".aws", ".gnupg", ".kaggle", ".docker", ".kube", ".azure", ".password-store", ".oci", ".databricks"),
    *(".config/gcloud", ".config/gh", ".config/rclone", ".huggingface", ".local/share/keyrings", ".pki"),
)
"""Credentials: never hashed, never listed."""

CONFIGURATION: Final = (
    *(".config", ".jupyter", ".ipython", ".conda", ".matplotlib", ".vscode", ".vscode-server", ".cursor-server"),
    *(".cursor", ".emacs.d", ".vim", ".local/state", ".dbus", ".mozilla", ".oh-my-zsh", ".git-templates", ".dask"),
    *(".streamlit", ".sagemaker", ".modal", ".local/share/jupyter", ".local/share/recently-used", ".gitkraken"),
    *("Library/Preferences", "Library/Application Support", "Library/Keychains"),
)

ENVIRONMENT: Final = (
    *(".local/lib", ".local/bin", ".local/lib64", ".local/pipx", ".local/share/pipx", ".local/share/uv", "R"),
    *(".julia", ".juliaup", ".cargo", ".rustup", ".nvm", ".npm", ".npm-global", ".bun", ".deno", ".volta", ".pyenv"),
    *(".rbenv", ".rvm", ".gem", ".bundle", ".sdkman", ".m2", ".gradle", ".ivy2", ".sbt", ".coursier", ".stack"),
    *(".cabal", ".ghcup", ".opam", ".asdf", ".mise", ".local/share/mise", ".rye", ".pixi", ".mamba", "go/pkg"),
    *(".fonts", ".local/share/fonts", ".icons", ".themes", ".local/share/R", ".cache/R/renv", ".cache/pre-commit"),
    *(".spack", ".guix-profile", ".nix-profile", ".elan", ".dotnet", ".nuget", ".terminfo", ".linuxbrew"),
    *("Library/Fonts", "Library/Python", "Library/R", "Library/Frameworks"),
)

CACHE: Final = (
    *(".nv", ".ccache", ".triton", ".theano", ".cache/matplotlib", ".cache/fontconfig", ".cache/pip", ".cache/uv"),
    *(".cache/numba", ".cache/torch/kernels", ".cache/torch_extensions", ".cache/torchinductor", ".cache/pypoetry"),
    *(".cache/mesa_shader_cache", ".cache/ccache", ".cache/sccache", ".cache/go-build", ".cache/bazel", ".cache/yarn"),
    *(".cache/node-gyp", ".cache/black", ".cache/ruff", ".cache/mypy", ".cache/jedi", ".cache/ipython", ".cache/conda"),
    *(".cache/mamba", ".cache/rattler", ".cache/pylint", ".cache/mozilla", ".cache/google-chrome", ".cache/chromium"),
    *(".cache/ms-playwright", ".cache/jax", ".cache/pyright-python", ".cache/thumbnails", ".cache/gstreamer-1.0"),
    *(".cache/dconf", ".cache/pocl", ".cache/rosetta", ".cache/vscode-cpptools", ".cache/Homebrew", ".java"),
    *("Library/Caches/matplotlib", "Library/Caches/pip", "Library/Caches/uv", "Library/Caches/Homebrew"),
)
"""What tools keep only to be faster."""

DATA: Final = (".julia/datadeps",)
"""Data inside one of the above."""
