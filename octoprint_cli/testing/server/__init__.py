"""The fault server: a real HTTP server on the loopback interface that fails as a test says."""
