"""The arithmetic of the metrics on plain arrays."""
