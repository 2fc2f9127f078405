"""The framework of commands: base classes, the guard, options, result schemas, and the catalogue made from them."""
