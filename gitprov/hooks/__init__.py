"""What the shims in `hooks/` start: git's events, answered. Putting the shims in place is `api.setup`."""
