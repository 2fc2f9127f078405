"""The contract ring: the program, in-process or as a process, against a real loopback socket."""
