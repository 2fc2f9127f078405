"""Where a server is, and how to reach it: its URL, the API key, and the TLS settings, as one value.

Must not import requests: a client's settings can be read without it.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional, Union
from urllib.parse import urlsplit

#: The zone of an IPv6 address, which is a matter of this computer's interfaces, and no business of the server's.
_ZONE = re.compile(r"%[^\]]*(?=\])")


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
        """The host's name or address, without brackets; an IPv6 zone stands behind a bare percent sign, as in fe80::1%eth0."""
        name = urlsplit(self.url).hostname or ""
        return name.replace("%25", "%", 1) if ":" in name else name

    @property
    def zone(self) -> str:
        """The zone of an IPv6 address with its percent sign, such as `%eth0`; empty if there is none."""
        address, percent, zone = self.host.partition("%")
        return percent + zone if ":" in address else ""

    @property
    def request_url(self) -> str:
        """The URL without an IPv6 zone, which HTTP libraries read differently, and a `Host` header must not have."""
        return _ZONE.sub("", self.url)

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them: without user and password, and without an IPv6 zone."""
        return _ZONE.sub("", urlsplit(self.url).netloc.rpartition("@")[2])

    @property
    def port(self) -> int:
        """The port, that of the scheme unless the URL names one."""
        return urlsplit(self.url).port or (443 if self.is_https else 80)
