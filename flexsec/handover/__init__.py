"""A change in the language of whoever owns the property: one file per language, each with its own quoting."""
