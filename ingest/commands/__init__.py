"""Commands that need what `conricerca[ingest]` brings, as far as it is there."""
