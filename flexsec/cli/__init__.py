"""The command line: commands, exit codes, progress and questions. It puts the library to work and decides nothing."""
