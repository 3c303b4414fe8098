"""Publishing: a fresh edition of what narrators agreed to show, made of nothing else, proved, put in place at once.

`publishing.py` reads like the table of contents of this package.
"""
