"""Promises of the package `transcripts`."""
