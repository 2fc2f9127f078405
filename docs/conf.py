"""Settings of Sphinx for the documentation's site, which `make docs` builds from the Markdown pages."""

import re
from pathlib import Path
from typing import Any, List

DOCS = Path(__file__).parent

project = "octoprint-cli"
author = "the octoprint-cli developers"
copyright = f"2026 {author}"
release = re.search(r'__version__ = "(.+)"', (DOCS.parent / "octoprint_cli" / "__init__.py").read_text(encoding="utf-8"))[1]

extensions = ["myst_parser"]
exclude_patterns = ["skill"]  # a file for agents, whose parts are pages already
myst_heading_anchors = 4
smartquotes = False  # options begin with two dashes
nitpicky = True

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False


def table_of_contents(index: str) -> str:
    """Return the directives for the sections of the index, which is plain Markdown: a list of links below each heading."""
    lines: List[str] = []
    for title, body in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", index, re.MULTILINE):
        pages = re.findall(r"\]\(([\w/-]+)\.md\)", body)
        lines += ["", "```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```"]
    return "\n".join(lines) + "\n"


def within_the_site(page: Path, text: str) -> str:
    """Return a page whose links to files that are in no site, such as ../CHANGELOG.md, are the names of these files."""

    def link(found: "re.Match[str]") -> str:
        label, path = found.groups()
        target = (page.parent / path).resolve()
        inside = DOCS in target.parents and DOCS / "skill" not in target.parents
        return found[0] if inside else f"{label.strip('`')} (`{target.relative_to(DOCS.parent)}`)"

    return re.sub(r"\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)\)", link, text)


def setup(app: Any) -> None:
    """Prepare each page for the site as it is read."""

    def read(_: object, name: str, content: List[str]) -> None:
        content[0] = within_the_site(DOCS / f"{name}.md", content[0])
        if name == "index":
            content[0] += table_of_contents(content[0])

    app.connect("source-read", read)
