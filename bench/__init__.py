"""Figures, as ratios against a peer or the raw limit in the same run; never run by the tests."""
