"""The description for package indexes: README.md with links that work there. All other metadata is in setup.cfg."""

import configparser
import re
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent
#: A link or a picture whose target is a path, and not an address or a heading.
RELATIVE = re.compile(r"(!?)\[([^\]]*)\]\((?!#)(?![a-z]+:)([^)\s]+)\)")


def source() -> str:
    """Return the address of the sources, from setup.cfg; empty while the project is published nowhere."""
    setup_cfg = configparser.ConfigParser()
    setup_cfg.read(ROOT / "setup.cfg", encoding="utf-8")
    urls = (line.partition("=") for line in setup_cfg["metadata"]["project_urls"].strip().splitlines())
    return {label.strip(): url.strip() for label, _, url in urls}.get("Source", "")


def description(readme: str, source: str) -> str:
    """Return the README with absolute links; without an address, links become plain text and pictures their description."""

    def absolute(link: "re.Match[str]") -> str:
        mark, text, path = link.groups()
        if source:
            return f"{mark}[{text}]({source}/{'raw' if mark else 'blob'}/HEAD/{path})"
        return f"*{text}*" if mark else text

    return RELATIVE.sub(absolute, readme)


if __name__ == "__main__":  # so it is for a build, but not for a test that imports this
    setup(long_description=description((ROOT / "README.md").read_text(encoding="utf-8"), source()))
