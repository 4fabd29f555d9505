"""The notebooks of a run: its code, where it is not a program, and the parameters that papermill gave them."""

from collections.abc import Iterable

from gitprov.api.draft import Draft

_SUFFIX = ".ipynb"


def put_notebooks(draft: Draft, command: Iterable[str], told: Iterable[str] = ()) -> None:
    """Put into the draft each notebook that the run was told of (absolute paths), that its command names or it touched.

    To be called when inputs and outputs are known; their code is hashed as it is then.
    """
    entries = [*draft.fields.get("input", ()), *draft.fields.get("output", ())]
    touched = [entry["path"] for entry in entries if entry["path"].rstrip('"').endswith(_SUFFIX)]
    named = [word for word in command if word.endswith(_SUFFIX)]
    told = list(told)
    if not (touched or named or told):
        return  # most runs have none, and do not pay for looking into them
    from gitprov.capture.notebook import notebook_entries, notebook_params, notebook_paths, real_path
    from gitprov.model import plain

    with draft.naming("notebooks"):
        session = draft.session
        root = session.repo.worktree or ""
        paths = [*notebook_paths([*told, *named], session.cwd, root), *touched]
        draft.fields["notebooks"] = found = notebook_entries(paths, root)
        params: dict[str, object] = {}
        for entry in found:
            params |= plain.params(notebook_params(real_path(entry["path"], root)))
        draft.fields["params"] = {**params, **draft.fields.get("params", {})}
