"""Make docs/live-view.svg: the live view of a real print, as it looks on a terminal of 80 columns. Run it by `make picture`.

A real OctoPrint with its virtual printer prints demo/cube.gcode by `octoprint-cli print cube.gcode --confirm --watch` on a
pseudo-terminal; the panel that it shows once half of the file is printed becomes the picture.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Iterator

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "live-view.svg"
PRINTER = "picture"
#: The command line in the picture, which is run in the folder of the file.
COMMAND = ("octoprint-cli", "print", "cube.gcode", "--confirm", "--watch")
COLUMNS, ROWS = 80, 24
#: The percentage from which on the panel is taken.
ENOUGH = 50.0
ENVIRON = {
    **os.environ,
    "OCTOPRINT_CLI_HOME": str(ROOT / ".cache" / "picture"),
    "OCTOPRINT_PRINTER": PRINTER,
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    "TERM": "xterm-256color",
}
_PANEL = re.compile(r"(?:\x1b\[[\d;]*m)*╭.*?╰[^╯]*╯", re.DOTALL)
_PERCENT = re.compile(r"(\d+\.\d) ?%")
#: Cursor movements and the like: every control sequence but those of colours.
_MOVES = re.compile(r"\x1b\[[0-9;?]*[A-HJKSTfhlr]")
#: The colours: a dark terminal with a thin frame, which stands out from a dark page as from a light one.
_THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    # black, red, green, yellow, blue, magenta, cyan, white
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (227, 179, 65),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
)
#: The picture without a title bar, in the reader's own font: a picture that loads fonts from elsewhere shows none on most pages.
#: The font is a little larger than the grid, so that the pieces of the frame touch.
_SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img"
 aria-label="The live view of a print: state, file, progress bar, time left, layer, temperatures with their history, events">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
 font-size: 21px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
<rect width="{width}" height="{height}" rx="8" fill="#161b22" stroke="#6e7681" stroke-width="2" />
<text class="{unique_id}-matrix" x="{terminal_x}" y="27" fill="#e6edf3">$ COMMAND</text>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def cli(*words: str) -> None:
    """Run the program, its output to stderr. Raises CalledProcessError if it fails."""
    subprocess.run(["octoprint-cli", *words], env=ENVIRON, stdout=sys.stderr, check=True)


def panels() -> Iterator[str]:
    """Yield the panels that the live view draws, with their colours, until the caller has seen enough."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    streams = {"stdin": inner, "stdout": inner, "stderr": inner}
    watch = subprocess.Popen(COMMAND, env=ENVIRON, cwd=ROOT / "demo", start_new_session=True, **streams)
    os.close(inner)
    shown = b""
    try:
        while True:
            try:
                shown += os.read(outer, 65536)
            except OSError as error:  # the other end is closed
                raise SystemExit(f"the view has ended:\n{shown[-1000:].decode(errors='replace')}") from error
            complete = list(_PANEL.finditer(shown.decode(errors="ignore")))
            if complete:
                yield complete[-1][0]
                shown = shown[-65536:]
    finally:
        watch.send_signal(signal.SIGINT)
        os.set_blocking(outer, False)
        watch.wait(timeout=30)
        os.close(outer)


def at_half_time() -> str:
    """Return the first panel that is far enough."""
    for panel in panels():
        percent = _PERCENT.search(panel)
        if percent and float(percent[1]) >= ENOUGH:
            return panel
    raise AssertionError("unreachable")


def drawn(panel: str) -> str:
    """Return the panel as SVG."""
    text = Text.from_ansi(_MOVES.sub("", panel).replace("\r", ""))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(text, soft_wrap=True)
    return console.export_svg(theme=_THEME, code_format=_SVG.replace("COMMAND", " ".join(COMMAND)), unique_id="live")


def main() -> None:
    """Print, watch, and write the picture."""
    cli("sandbox", "start", "--name", PRINTER)
    try:
        PICTURE.write_text(drawn(at_half_time()), encoding="utf-8")
    finally:
        cli("sandbox", "stop", "--name", PRINTER)


if __name__ == "__main__":
    main()
