"""What was said: words, segments and transcripts as pure values, and the text formats they come in."""
