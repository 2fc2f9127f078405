"""Where a server is, and how to reach it: its URL, the API key, and the TLS settings, as one value.

Must not import requests: a client's settings can be read without it.
"""

from __future__ import annotations

from typing import NamedTuple, Optional, Union
from urllib.parse import urlsplit


class Tls(NamedTuple):
    """TLS settings: `verify` is a CA bundle's path, or False for no check; a client certificate is optional."""

    verify: Union[bool, str] = True
    client_cert: Optional[str] = None
    client_key: Optional[str] = None


class ServerAddress(NamedTuple):
    """The address of one OctoPrint. `url` holds scheme, host, port, path prefix, and a proxy's user and password if there are any.

    `key_origin` is where the key came from, in words for the user.
    """

    url: str
    api_key: Optional[str] = None
    key_origin: Optional[str] = None
    tls: Tls = Tls()

    @property
    def is_https(self) -> bool:
        """Whether the connection is encrypted."""
        return urlsplit(self.url).scheme == "https"

    @property
    def host(self) -> str:
        """The host's name or address, without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port, that of the scheme unless the URL names one."""
        return urlsplit(self.url).port or (443 if self.is_https else 80)
