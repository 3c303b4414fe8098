"""Draws the outlines of the world that the map pages bring with them."""
