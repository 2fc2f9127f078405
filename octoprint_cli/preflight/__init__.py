"""Pre-flight: may this file be printed on this printer now? It must not know cliff; the client is an argument."""
