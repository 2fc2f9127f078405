"""Commands for files, on the server and on this computer."""
