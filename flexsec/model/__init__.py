"""Values: what flexsec talks about. Frozen, without I/O, without Azure."""
