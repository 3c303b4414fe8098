"""The only modules that write archive.db: testimonies, transcripts, vocabularies, tags, and what is derived from them.

Every function takes an open database and runs in one write transaction: all of it is there afterwards, or nothing.
"""
