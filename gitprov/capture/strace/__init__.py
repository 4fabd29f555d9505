"""Watching files from below: the command runs under strace, and what it prints is read while it goes on.

`available` says whether strace works here, `command` is the command line, `tracer` what the caller holds, `reader` the
process that reads. `trace` follows the lines with `lines`, `calls`, `paths`, `processes` and `novelty`, none of which
touches the disk.
"""
