"""Measurements of `git prov` beside its peers, in one run. They report; they never judge."""
