"""A model with Whisper's architecture that knows the demonstration's sentences and nothing else."""
