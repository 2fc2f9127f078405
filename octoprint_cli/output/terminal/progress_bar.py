"""The progress bar of a transfer, by rich. Imported only where a person watches. Must not know the printer."""

from __future__ import annotations

import contextlib
from typing import Callable, Iterator, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn


@contextlib.contextmanager
def bar(title: str, stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """A bar that is gone at the end, none where the terminal cannot do that.

    What it gives is told the bytes done and the bytes in all.
    """
    console = Console(file=stream)
    if not console.is_interactive:  # TERM=dumb: it cannot take a line back
        yield lambda done, total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    shown_columns = columns if console.width >= 70 else columns[:2]  # in less room they would break into lines
    with Progress(*shown_columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as shown:
        task = shown.add_task(escape(title), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
