"""The software a run uses: interpreters, what is installed in them, containers, R, and variables that matter."""
