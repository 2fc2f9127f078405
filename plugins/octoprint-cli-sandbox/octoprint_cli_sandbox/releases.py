"""OctoPrint's releases: which Python each needs, and which other packages must be pinned.

The newest versions of OctoPrint's dependencies break some releases; the recipes here were all seen to boot.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Tuple

#: The release line whose newest stable release is the default.
DEFAULT = "1.11"

_VERSION = re.compile(r"\d+\.\d+(\.\d+((a|b|rc)\d+)?(\.(post|dev)\d+)?)?")

Minor = Tuple[int, int]


class Recipe(NamedTuple):
    """How to install a range of releases."""

    since: Minor  # the first release line it applies to
    oldest: Minor  # the oldest Python
    newest: Minor  # the newest Python
    extras: Tuple[str, ...] = ()  # requirements given to pip together with OctoPrint
    first: Tuple[str, ...] = ()  # requirements installed before OctoPrint

    def fits(self, python: str) -> bool:
        """Return whether a Python of this version, such as 3.11.7, can run the release."""
        return self.oldest <= minor_version(python) <= self.newest

    @property
    def pythons(self) -> str:
        """The range of suitable Pythons as text, such as `3.8 to 3.13`."""
        return f"{self.oldest[0]}.{self.oldest[1]} to {self.newest[0]}.{self.newest[1]}"


# Old releases import pkg_resources, which new versions of setuptools lack and environments of Python 3.12 or later do not have.
_OLD_SETUPTOOLS = ("setuptools<70",)

#: Recipes from new to old; the first one whose `since` is not above the release applies. Python 3.8 is the oldest considered.
RECIPES = (
    Recipe(since=(2, 0), oldest=(3, 9), newest=(3, 14)),
    Recipe(since=(1, 11), oldest=(3, 8), newest=(3, 13)),
    # 1.10 crashes with limits 5, which lacks a strategy it names; with click 8.2 it ignores --basedir and serves ~/.octoprint.
    Recipe(since=(1, 10), oldest=(3, 8), newest=(3, 12), extras=("limits<5", "click<8.2"), first=_OLD_SETUPTOOLS),
    Recipe(since=(0, 0), oldest=(3, 8), newest=(3, 9), first=_OLD_SETUPTOOLS),
)


class Release(NamedTuple):
    """A requested release: either an exact version (1.11.8, 2.0.0rc7) or the newest of a line (1.11)."""

    requested: str

    @property
    def requirement(self) -> str:
        """The requirement for pip, which never picks a pre-release for a line that has a stable release."""
        return f"OctoPrint=={self.requested}.*" if self._is_line else f"OctoPrint=={self.requested}"

    @property
    def recipe(self) -> Recipe:
        """The recipe that installs this release."""
        line = minor_version(self.requested)
        return next(recipe for recipe in RECIPES if recipe.since <= line)

    def is_met_by(self, installed: str) -> bool:
        """Return whether the installed version satisfies the request."""
        return installed.startswith(f"{self.requested}.") if self._is_line else installed == self.requested

    @property
    def _is_line(self) -> bool:
        return self.requested.count(".") == 1

    def __str__(self) -> str:
        return f"OctoPrint {self.requested}"


def parse_release(text: str) -> Release:
    """Parse a release from the command line. Raises ValueError for text that is not a version."""
    if not _VERSION.fullmatch(text):
        raise ValueError(f"{text!r} is not a version: give one such as 1.11.8 or 2.0.0rc7, or 1.11 for the newest of that line")
    return Release(text)


def minor_version(version: str) -> Minor:
    """Return the first two numbers of a version: `1.11.8` gives (1, 11)."""
    major, second = version.split(".")[:2]
    return int(major), int(second)
