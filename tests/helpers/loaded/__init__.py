"""Plugins for the sessions of pytest that tests start, each of which finds them on its path by their own names."""
