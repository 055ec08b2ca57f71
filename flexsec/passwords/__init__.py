"""Administrator passwords: made, judged, stored, changed on the server, and proved by a login."""
