"""Content-addressed data: digests of files, and canonical listings of directories.

A digest says what the bytes are, never where they are or who made them. On the path of every run, so it imports only
the light part of the standard library and blake3.
"""
