"""Which files are program text, by their names: code that was read, where other files that were read are inputs."""

from typing import Final

_SUFFIXES: Final = """
    py pyi pyx pxd pxi pyw ipynb r rmd qmd rnw rprofile jl m mlx sage stan bugs jags do ado sas sps
    c h cc cpp cxx c++ hh hpp hxx inl cu cuh cl f for f77 f90 f95 f03 f08 fpp d rs go zig nim v sv vhd
    java kt kts scala groovy gradle clj cljs cs fs vb swift dart js mjs cjs jsx ts tsx vue
    sh bash zsh ksh csh tcsh fish ps1 bat cmd awk sed pl pm raku rb php lua tcl hs lhs ml mli elm
    lisp lsp el scm ss rkt erl hrl ex exs pro pas adb ads asm s sql gp gnuplot plt wl nb
    mk mak cmake ninja bazel bzl smk snakefile nf wdl cwl dockerfile
"""
_NAMES: Final = frozenset(
    (
        *("makefile", "gnumakefile", "snakefile", "dockerfile", "containerfile", "rakefile", "gemfile", "justfile"),
        *("jenkinsfile", "vagrantfile", "singularity", "sconstruct", "sconscript", "wscript", "build", "workspace"),
        *("cmakelists.txt", "meson.build", "tox.ini", "setup.cfg", "pyproject.toml", "noxfile.py", "conftest.py"),
        *(".rprofile", ".renviron", ".gitignore", ".gitattributes", ".gitmodules", ".mailmap", ".editorconfig"),
        *(".gitprov.toml", ".pre-commit-config.yaml", ".python-version", ".flake8", ".pylintrc", ".coveragerc"),
    )
)
_ENDINGS: Final = frozenset(_SUFFIXES.split())


def is_program(name: str) -> bool:
    """Tell whether a file of this name is program text, or tells tools how to treat a project."""
    lowered = name.lower()
    stem, dot, suffix = lowered.rpartition(".")
    return (bool(dot and stem) and suffix in _ENDINGS) or lowered in _NAMES
