"""The words of the command line for what is watched and waited for. Imports nothing: help needs them."""

#: What can be waited for.
GOALS = ("done", "idle", "printing", "paused", "connected", "temp", "progress=PERCENT")
#: What can end a wait without it.
FAILURES = ("error", "offline", "cancelled", "paused")
#: The types of `watch`'s lines. The server's own events, such as PrintDone, can be named beside them.
TYPES = ("state", "progress", "temperature", "event", "notification", "connection", "terminal")
