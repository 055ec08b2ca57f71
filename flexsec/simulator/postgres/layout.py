"""The roles and databases that a flexible server has before its first user comes.

As dumps and Microsoft's documentation show it: a superuser azuresu that customers never are; azure_pg_admin, which
owns the databases and the public schema on every version and holds predefined roles; an administrator login that is a
member of it and no superuser. The service's own guards (its ban on certain grants) are an extension that only the
service has; none of them stands here.
"""

from __future__ import annotations

from .access import SUPERUSER
from .session import identifier, literal

ADMINISTRATORS = "azure_pg_admin"
# Never the customer's: they reach files and programs of the machine, or (reported) are refused by the service.
WITHHELD = (
    "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_write_all_data",
    "pg_database_owner",
)  # fmt: skip

PREDEFINED = f"""
SELECT rolname FROM pg_catalog.pg_roles
WHERE rolname LIKE 'pg\\_%' AND rolname NOT IN ({", ".join(map(literal, WITHHELD))}) ORDER BY rolname
"""  # noqa: S608 - made of constants

PUBLIC_SCHEMA = f"ALTER SCHEMA public OWNER TO {ADMINISTRATORS}"

# Tells how each role may sign in; the service has it in the database postgres.
ROLES_AUTHTYPE = """
SET allow_system_table_mods = on;
CREATE FUNCTION pg_catalog.azure_roles_authtype(OUT rolename name, OUT authtype text)
RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT rolname, CASE WHEN rolpassword IS NULL THEN 'NOLOGIN' WHEN rolpassword LIKE 'md5%' THEN 'MD5'
        ELSE 'SCRAM-256' END FROM pg_catalog.pg_authid
$$;
RESET allow_system_table_mods
"""


def roles(predefined: list[str]) -> list[str]:
    """The statements that make the roles, given the predefined ones that this version lends."""
    granted = ", ".join(identifier(each) for each in predefined)
    return [
        f"CREATE ROLE {ADMINISTRATORS} NOLOGIN",
        "CREATE ROLE replication LOGIN REPLICATION",
        f"GRANT {granted} TO {ADMINISTRATORS} WITH ADMIN OPTION",
    ]


def databases() -> list[str]:
    """The statements that make the databases and give the usual ones away; each stands alone."""
    owned = [f"ALTER DATABASE {each} OWNER TO {ADMINISTRATORS}" for each in ("postgres", "template0", "template1")]
    made = [f"CREATE DATABASE {each} OWNER {SUPERUSER}" for each in ("azure_sys", "azure_maintenance")]
    return [*owned, *made, "REVOKE CONNECT ON DATABASE azure_maintenance FROM PUBLIC"]


def database(name: str, charset: str) -> str:
    """The statement that makes a database as a request does: the customer's, whose locale is always C here."""
    template = "" if charset == "UTF8" else f" TEMPLATE template0 ENCODING {literal(charset)}"
    return f"CREATE DATABASE {identifier(name)} OWNER {ADMINISTRATORS}{template}"


def administrator(login: str, verifier: str, *, exists: bool) -> list[str]:
    """The statements that make the administrator login, or give it another password."""
    name = identifier(login)
    if exists:
        return [f"ALTER ROLE {name} PASSWORD {literal(verifier)}"]
    return [
        f"CREATE ROLE {name} LOGIN CREATEROLE CREATEDB PASSWORD {literal(verifier)}",
        f"GRANT {ADMINISTRATORS} TO {name} WITH ADMIN OPTION",
    ]
