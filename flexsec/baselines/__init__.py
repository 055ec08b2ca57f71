"""What a server shall be like: built-in baselines, and those of a file."""
