"""Progress: it grows with each notification, and says what it is about."""

from __future__ import annotations

import io
from typing import List, Optional, Tuple

import pytest
from octoprint_cli_mcp.progress import CallTerminal, Progress, sentence

from octoprint_cli.api import PrinterView

Told = Tuple[float, Optional[float], str]


def picture(state: str = "Printing", completion: Optional[float] = None) -> PrinterView:
    return PrinterView(state=state, phase=state.lower(), file="cube.gcode", completion=completion)


@pytest.fixture
def told() -> List[Told]:
    return []


@pytest.fixture
def terminal(told: List[Told]) -> CallTerminal:
    progress = Progress(lambda *what: told.append(what), interval=0)
    return CallTerminal(io.StringIO(), progress, lambda: None, lambda: None)


def test_progress_grows_even_if_the_job_does_not(terminal: CallTerminal, told: List[Told]) -> None:
    with terminal.watching(False) as show:
        assert show is not None
        for completion in (None, None, 12.5, 12.5, 3.0, 40.0):
            show(picture(completion=completion))
    numbers = [progress for progress, _, _ in told]
    assert numbers == sorted(set(numbers)) and len(numbers) == 6
    assert [int(number) for number in numbers] == [0, 0, 12, 12, 12, 40]
    assert [total for _, total, _ in told] == [None, None, 100, 100, 100, 100]


def test_upload_and_following_print_progress_add_up(terminal: CallTerminal, told: List[Told]) -> None:
    with terminal.progress("uploading cube.gcode") as uploaded:
        assert uploaded is not None
        uploaded(512, 1024)
        uploaded(1024, 1024)
    with terminal.watching(False) as show:
        assert show is not None
        show(picture(completion=25.0))
    assert told[0] == (50.0, 100.0, "uploading cube.gcode: 512 B of 1.0 KiB")
    assert told[1][:2] == (100.0, 100.0) and told[2][:2] == (125.0, 200.0)


def test_unchanged_state_is_reported_rarely_and_a_new_one_at_once(told: List[Told]) -> None:
    progress = Progress(lambda *what: told.append(what), interval=3600)
    for state, completion in (("Printing", 1.0), ("Printing", 2.0), ("Pausing", 2.0), ("Paused", 2.0)):
        progress.tell(completion, state, lambda state=state: state)  # type: ignore[misc]
    assert [text for _, _, text in told] == ["Printing", "Pausing", "Paused"]


def test_progress_message_is_complete_and_escaped() -> None:
    shown = picture(completion=42.0)._replace(
        file="a\x1b[2J.gcode", print_time_left=90, temperatures={"tool0": (205.0, 210.0)}, notes=["Load\nfilament"]
    )
    assert sentence(shown) == "Printing a\\x1b[2J.gcode; 42.0 %; 1 min 30 s left; tool0 205.0 °C, target 210.0 °C; Load\\nfilament"


def test_mcp_terminal_is_unattended(terminal: CallTerminal) -> None:
    assert not terminal.attended
