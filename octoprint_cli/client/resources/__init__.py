"""One module for each REST resource of OctoPrint: its paths, its JSON keys, and the models made of them."""
