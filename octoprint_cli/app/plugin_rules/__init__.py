"""The guidelines for plugins, checked by `plugins check`. Slow: judging a plugin imports it."""
