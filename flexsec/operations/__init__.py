"""Changing Azure: one file per resource kind, each with its diff, its write, and what proves it."""
