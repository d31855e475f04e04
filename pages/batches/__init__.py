"""Batches: what was gathered for an authority, what was submitted, and what it answered."""
