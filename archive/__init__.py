"""What is kept: the store, vocabularies, search and the pages."""
