"""HTTP to one OctoPrint. The only importer of requests and urllib3; must not know what a path means.

`http` is what the nouns use; `wire` the connections and their clock; `retries` what is tried again;
`refusals` what a status means; `failures` what an exception means.
"""

from octoprint_cli.client.http.http import Http
from octoprint_cli.client.http.wire import Tls

__all__ = ["Http", "Tls"]
