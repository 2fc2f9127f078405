"""Links between the pages lead somewhere: to a file that exists, and to a heading that it has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, List

CHECKOUT = Path(__file__).parents[2]
PAGES = [
    *sorted(CHECKOUT.glob("*.md")),
    *sorted((CHECKOUT / "docs").rglob("*.md")),
    *sorted(CHECKOUT.glob("plugins/*/*.md")),
    *sorted((CHECKOUT / ".github").rglob("*.md")),
]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def links(text: str) -> List[str]:
    """The targets of a page's links to other pages."""
    return [target for target in _LINK.findall(_CODE.sub("code", text)) if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> Iterator[str]:
    """The anchors of a page's headings, as forges and MyST make them."""
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken(page: Path, text: str) -> List[str]:
    """The links of a page that lead nowhere."""
    found = []
    for target in links(text):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            found.append(target)
    return found


def test_links_of_every_page_lead_somewhere() -> None:
    found = {str(page.relative_to(CHECKOUT)): broken(page, page.read_text(encoding="utf-8")) for page in PAGES}
    assert len(found) > 40 and {page: targets for page, targets in found.items() if targets} == {}


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    docs = CHECKOUT / "docs"
    listed = {(docs / target).resolve() for target in links((docs / "index.md").read_text(encoding="utf-8"))}
    pages = {page for page in docs.rglob("*.md") if page.name != "SKILL.md"} - {docs / "index.md"}
    assert pages - listed == set()


def test_broken_links_are_found() -> None:
    page = CHECKOUT / "docs" / "index.md"
    text = "[a](nowhere.md) [b](start.md#no-such-heading) [c](start.md#install) [d](https://octoprint.org) `[e](code.md)`"
    assert broken(page, text) == ["nowhere.md", "start.md#no-such-heading"]
