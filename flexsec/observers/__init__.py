"""One file per resource kind: read it with one request (one a page), return a model value."""
