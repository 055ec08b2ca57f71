"""What flexsec asks of a server: one small pure function per control, grouped by family."""
