"""How testimonies get in."""
