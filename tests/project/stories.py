"""The pages that are followed from top to bottom: commands, files and Python build on one another."""

STORIES = ("simulator.md", "testing.md")
