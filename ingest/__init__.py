"""How it gets in: accession, audio, transcription, tagging, and the pipeline that runs them."""
