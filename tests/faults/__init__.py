"""The faults ring: what the program says when the network, a proxy or the server fails; and the kit that makes them fail."""
