"""The progress bar of a transfer, drawn by rich. Imported only for an interactive user. Must not know the printer."""

from __future__ import annotations

import contextlib
from typing import Callable, Iterator, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn


@contextlib.contextmanager
def bar(title: str, stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar that is removed at the end, and give the function that updates it.

    The function takes the bytes done so far and the total. On a terminal that cannot erase a line it does nothing.
    """
    console = Console(file=stream)
    if not console.is_interactive:  # TERM=dumb, which cannot erase a line
        yield lambda done, total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    shown_columns = columns if console.width >= 70 else columns[:2]  # on a narrower terminal they would wrap
    with Progress(*shown_columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as shown:
        task = shown.add_task(escape(title), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
