"""Short names of the controls that several peers have checks for."""

SSL, TLS = "tls-require-secure-transport", "tls-min-version"
THROTTLE = "auth-connection-throttle"
ENTRA, ADMIN, ONLY = "auth-entra-enabled", "auth-entra-admin-exists", "auth-entra-only"
AZURE_RULE, EVERYBODY_RULE, BOUNDED = "net-fw-no-azure-services", "net-fw-no-allow-all", "net-fw-range-bounded"
CONNECTIONS, DISCONNECTIONS, CHECKPOINTS = "log-connections", "log-disconnections", "log-checkpoints"
RETENTION, GEO, ZONES, PLAN = "log-retention-days", "backup-geo", "ha-zone-redundant", "defender-plan-oss-rdb"
LIBRARY, CLASSES = "audit-pgaudit-preloaded", "audit-pgaudit-classes"
