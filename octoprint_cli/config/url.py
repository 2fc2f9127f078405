"""Normalise a server address as users write it to a base URL."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from octoprint_cli.errors import ConfigError
from octoprint_cli.output.redact import mask_url

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
#: Paths of OctoPrint that are copied along with its address. A proxy's prefix ends with none of them.
_SURPLUS = re.compile(r"/(?:api|login|plugin|sockjs|downloads)(?:/.*)?$")
_HINT = "octoprint-cli --host http://octopi.local status  # or such as 192.168.1.5:5000, https://example.org/octoprint"


def normalise(written: str) -> str:
    """Return a server address as a base URL without a trailing slash.

    Accepts a missing scheme (http), a path prefix, a trailing slash, IPv6 with or without brackets, and
    `user:password@` for a reverse proxy. Raises ConfigError for anything that is not an http(s) address.
    """
    text = written.strip()
    if _is_bare_ipv6(text):
        text = f"[{text}]"
    if not _SCHEME.match(text):
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and _is_name(parts.hostname or "") and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s\\]", text) or parts.query or parts.fragment or _has_two_schemes(parts):
        raise ConfigError(f"{mask_url(written)!r} is not the address of a server", hint=_HINT)
    surplus = _SURPLUS.search(parts.path)
    if surplus:
        right = urlunsplit((parts.scheme, parts.netloc, parts.path[: surplus.start()], "", ""))
        raise ConfigError(
            f"{mask_url(written)!r} ends with {surplus.group()}, which is not part of a server's address",
            hint=f"octoprint-cli --host {mask_url(right)} status  # each request adds the path below it",
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def _has_two_schemes(parts: SplitResult) -> bool:
    """Return whether the host is the scheme of another URL, as in http://http://octopi.local or https//octopi.local."""
    return (parts.hostname or "").lower() in ("http", "https")


def _is_name(host: str) -> bool:
    """Return whether a host name is valid in DNS: no empty label, and none longer than 63 characters."""
    return ":" in host or all(0 < len(label) < 64 for label in host.rstrip(".").split("."))


def _is_bare_ipv6(text: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(text.split("%", 1)[0]), ipaddress.IPv6Address)
    except ValueError:
        return False
