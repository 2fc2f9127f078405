"""The unit ring: no network, one file a noun."""
