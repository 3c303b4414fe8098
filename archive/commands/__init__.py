"""Groups of commands of the command line, each in a module of its own; `cli.py` puts them together."""
