"""Arithmetic on plain arrays."""
