"""Updates from the server: its push socket, and polling while the socket is down."""
