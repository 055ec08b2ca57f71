"""The commands, one module each, loaded when called; each holds its click command as `command`."""
