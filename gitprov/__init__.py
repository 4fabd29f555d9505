"""Provenance of research and machine-learning results, kept inside Git."""

__version__ = "0.1.0"
