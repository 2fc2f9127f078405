"""HTTP to one OctoPrint server. The only importer of requests and urllib3; it must not know what a path means."""
