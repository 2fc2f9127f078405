"""One run of the program: the process, the command line, the command that it names, and every error on its way out."""
