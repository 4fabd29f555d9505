"""Recorded environments: read from a lock, planned, built once for each lock and kept, compared, bisected.

A lock is somebody else's text. What it names is held against patterns before anything sees it; it never says where
packages come from, which is for the person's own pip or uv to know; and what would run code of it, or fetch from an
address in it, is done only where that was allowed.
"""
