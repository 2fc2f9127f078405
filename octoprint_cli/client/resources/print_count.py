"""The number of prints of one local file, as the server counts them: what tells a job from the next one of the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from octoprint_cli.client.resources.files import Files
    from octoprint_cli.client.resources.stored_file import History


class PrintCount:
    """Compares the history of a file with the one from before a job; `before` is None if that cannot be read."""

    def __init__(self, files: Files, path: str, before: Optional[History] = None) -> None:
        self._files, self._path = files, path
        self.before = before if before is not None else files.history_of(path)
        #: Whether `has_grown` has found one print more.
        self.grown = False

    def has_grown(self) -> bool:
        """Return whether a print of the file has ended since. Calls `GET /api/files/local/PATH` (FILES_LIST); raises nothing."""
        now = self._files.history_of(self._path) if self.before is not None and not self.grown else None
        self.grown = self.grown or (now is not None and self.before is not None and now.total > self.before.total)
        return self.grown
