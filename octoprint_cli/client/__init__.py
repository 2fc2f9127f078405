"""The client of one OctoPrint server. It must not know the command line, the configuration or the output."""
