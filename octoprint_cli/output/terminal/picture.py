"""A picture on a terminal: by the protocol of kitty or of iTerm2, else in half blocks. Imported only if there is one to draw.

Must not know where the picture comes from.
"""

from __future__ import annotations

import base64
from typing import List, Mapping, Optional, Sequence, Tuple

from octoprint_cli.output.terminal.png import Pixel, Png, read_png

#: How wide a picture is drawn, in columns of the terminal, and how high at most, in rows.
_COLUMNS, _ROWS = 40, 14
#: kitty takes a picture in pieces of at most so many characters.
_PIECE = 4096
#: The terminals that understand kitty's protocol, by TERM_PROGRAM.
_KITTY_PROGRAMS = ("ghostty", "WezTerm")
#: The six steps of a colour in the palette of 256.
_STEPS = (0, 95, 135, 175, 215, 255)


def drawn(png: bytes, width: int, environ: Mapping[str, str], fine: bool, colours: bool) -> Optional[str]:
    """Return what draws a PNG file on a terminal of this width, with a newline at its end; None if it cannot be drawn."""
    columns = min(_COLUMNS, width)
    protocol = _protocol(environ) if colours else None
    if protocol == "kitty":
        return _by_kitty(png, columns)
    if protocol == "iterm2":
        return _by_iterm2(png, columns)
    picture = read_png(png) if fine and colours else None
    return None if picture is None else _in_half_blocks(picture, columns, environ.get("COLORTERM") in ("truecolor", "24bit"))


def _protocol(environ: Mapping[str, str]) -> Optional[str]:
    """Return the protocol that the terminal understands. tmux and screen pass none of them on."""
    if "TMUX" in environ or environ.get("TERM", "").startswith(("screen", "tmux")):
        return None
    program = environ.get("TERM_PROGRAM", "")
    if "KITTY_WINDOW_ID" in environ or environ.get("TERM") in ("xterm-kitty", "xterm-ghostty") or program in _KITTY_PROGRAMS:
        return "kitty"
    return "iterm2" if program == "iTerm.app" or environ.get("LC_TERMINAL") == "iTerm2" else None


def _by_kitty(png: bytes, columns: int) -> str:
    text = base64.standard_b64encode(png).decode()
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    heads = [f"a=T,f=100,q=2,r={_ROWS}," if number == 0 else "" for number in range(len(pieces))]
    more = [int(number < len(pieces) - 1) for number in range(len(pieces))]
    return "".join(f"\x1b_G{head}m={flag};{piece}\x1b\\" for head, flag, piece in zip(heads, more, pieces)) + "\n"


def _by_iterm2(png: bytes, columns: int) -> str:
    text = base64.standard_b64encode(png).decode()
    return f"\x1b]1337;File=inline=1;size={len(png)};height={_ROWS};preserveAspectRatio=1:{text}\x07\n"


def _in_half_blocks(picture: Png, columns: int, true_colour: bool) -> str:
    """Return the picture in lines of half blocks, each of which shows two pixels, one above the other."""
    scale = max(picture.width / columns, picture.height / (2 * _ROWS))
    width, height = max(1, round(picture.width / scale)), max(2, round(picture.height / scale) // 2 * 2)
    rows = [[_mean(picture, column, row, scale) for column in range(width)] for row in range(height)]
    return "".join(_line(upper, lower, true_colour) for upper, lower in zip(rows[::2], rows[1::2]))


def _mean(picture: Png, column: int, row: int, scale: float) -> Pixel:
    """Return the mean of the pixels that one pixel of the drawing stands for; a fully transparent one if most of them are."""
    across = range(int(column * scale), max(int(column * scale) + 1, min(picture.width, int((column + 1) * scale))))
    down = range(int(row * scale), max(int(row * scale) + 1, min(picture.height, int((row + 1) * scale))))
    pixels = [picture.rows[min(y, picture.height - 1)][min(x, picture.width - 1)] for y in down for x in across]
    seen = [pixel for pixel in pixels if pixel[3] >= 128]
    if len(seen) * 2 < len(pixels):
        return (0, 0, 0, 0)
    red, green, blue = (sum(pixel[band] for pixel in seen) // len(seen) for band in range(3))
    return (red, green, blue, 255)


def _line(upper: Sequence[Pixel], lower: Sequence[Pixel], true_colour: bool) -> str:
    cells: List[str] = []
    before: Optional[Tuple[Pixel, Pixel]] = None
    for pair in zip(upper, lower):
        codes, shown = _cell(*pair, true_colour)
        cells.append(shown if pair == before else f"\x1b[{codes}m{shown}")
        before = pair
    return "".join(cells) + "\x1b[0m\n"


def _cell(upper: Pixel, lower: Pixel, true_colour: bool) -> Tuple[str, str]:
    """Return the colour codes and the character of two pixels; what is transparent has the terminal's own background."""
    if not upper[3] and not lower[3]:
        return "0", " "
    if not lower[3]:
        return f"0;38;{_code(upper, true_colour)}", "▀"
    if not upper[3]:
        return f"0;38;{_code(lower, true_colour)}", "▄"
    return f"38;{_code(upper, true_colour)};48;{_code(lower, true_colour)}", "▀"


def _code(pixel: Pixel, true_colour: bool) -> str:
    red, green, blue, _ = pixel
    if true_colour:
        return f"2;{red};{green};{blue}"
    steps = [min(range(6), key=lambda step, band=band: abs(_STEPS[step] - band)) for band in (red, green, blue)]  # type: ignore[misc]
    return f"5;{16 + 36 * steps[0] + 6 * steps[1] + steps[2]}"
