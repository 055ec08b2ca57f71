"""Administrator passwords: made, judged by the service's rules, stored, changed on the server, and proved by a login."""
