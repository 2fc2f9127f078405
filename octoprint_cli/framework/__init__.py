"""What commands are made of: base classes, the guard, options, declared answers, and the catalogue made from them."""
