"""Groups of commands that need the extra `ingest`: to hear, to write sound, or to find names."""
