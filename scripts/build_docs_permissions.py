"""Writes docs/permissions.md from the table of rights, so that the page and the code cannot disagree.

python scripts/build_docs_permissions.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flexsec import Leave
from flexsec.engine.history import plan_of
from flexsec.engine.permissions import NEVER, ROWS, SETTING_CONTROLS, role_for
from flexsec.engine.role_check import DANGERS
from flexsec.engine.run_permissions import role_for_run
from flexsec.testing import simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from flexsec import FlexSec
    from flexsec.client import ServerHandle
    from flexsec.model.role import Need, Role
    from flexsec.model.run import Run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
ROLES = {
    "audit": "Reads a server and judges it. Nothing in it changes anything.",
    "apply": "Reads, and writes what a plan by `recommended` may hold.",
    "rotate": "Reads the server, resets the administrator's password, follows that to its end, and keeps the secret in "
    "a key vault. flexsec has no command that rotates; the role is for a script that does, apart from the one that "
    "hardens. Made for the password rotation; not exercised by the tests yet.",
}

INTRODUCTION = """\
# Permissions

<!-- Written by scripts/build_docs_permissions.py from flexsec/engine/permissions.py. Edit that, then run it. -->

What each command needs of Azure, and no more. The table is made of what the code asks for; the tests run every command
with its row alone, and once without each action of its row: then it fails, or reports what it could not read or follow,
with that action's name. (Not the role `rotate`, which is no command.) Verbs of the library have the names of their
commands: `server.parameters.set` is `parameters set`.

`flexsec permissions` prints a row as the JSON that azure-cli takes for a custom role:

```sh
flexsec permissions --for audit --subscription "$SUBSCRIPTION" > role.json
az role definition create --role-definition @role.json
```

`--for` takes a command, `rotate`, the file of a saved plan, whose role holds only what its changes need, or a run (see
[The role of a run](#the-role-of-a-run)). The role says where it may be assigned (`AssignableScopes`): in the resource
group where that is enough, otherwise in the subscription.

## At which scope

* **server**: the action is needed at the server. Granted at the resource group or the subscription it holds for every
  server there.
* **subscription**: the URL is not below a server, so a role at the server does not cover it: following a write to its
  end, what a region offers, and what belongs to the subscription.
* **vault**: a data action in the key vault that keeps the password.

A role that needs two scopes is narrower as two: `--at server` and `--at subscription` print the parts, each to be
assigned at its own scope. One role for both, assigned at the subscription, lets its holder write to every server.

## What is in use

`--check` reads what whoever is signed in may do at the server and at the subscription, and compares:

```sh
flexsec permissions --for harden --check --subscription "$SUBSCRIPTION" -g rg-shop -n shop-db
```

What is missing ends the command with 6. What is granted beyond the need is listed, the dangerous first, and does not
change the exit code. Permissions that cannot be read (`Microsoft.Authorization/permissions/read`) end it with 4.
`flexsec plan --check-permissions` puts the same finding among a plan's notes. Azure does not tell deny assignments,
conditions of role assignments and policies there, so an action that is granted may be refused all the same.
"""

BASELINES = """
## What a baseline changes

A baseline may look at what the servers of a subscription share: `--baseline` adds what that needs to the roles of
`audit`, `plan`, `harden`, `apply` and `resume`.

Some controls are mended by changing the server itself: {controls}. Azure has one action for that,
`Microsoft.DBforPostgreSQL/flexibleServers/write`, and it also allows to reset the administrator's password. The roles
of `harden`, `apply`, `resume` and `rollback` hold it only while the baseline asks for such a control and leaves its
setting to flexsec. To harden without it, leave those controls out, or name another owner for their settings:

```yaml
extends: recommended
owners:
  server_setting/*: terraform
```
"""


RUNS = """
## The role of a run

`resume` and `rollback` finish and undo every kind of run. Their roles below are for runs of `apply` and `harden`; a run
of another kind needs other actions, often fewer. `flexsec permissions --for 'rollback RUN'` and `--for 'resume RUN'`
print the role of one recorded run, from what it did and what is left of it; `--for RUN` takes `resume` for a run that
has not come to its end and `rollback` for another, and says which. By the kind of run:
"""


_COST = Leave(subscription_cost=True)
KINDS: dict[str, Callable[[FlexSec], Run]] = {
    "parameters set": lambda client: _server(client).parameters.set("log_lock_waits", "on"),
    "firewall allow": lambda client: _server(client).firewall.allow("branch", "198.51.100.7"),
    "threat-protection enable": lambda client: _server(client).threat_protection.enable(),
    "settings set": lambda client: _server(client).settings.set({"backup_retention_days": 21}),
    "defender enable-plan": lambda client: client.defender.enable_plan(leave=_COST),
}
"""A run of each kind, made in a simulated Azure."""


def page() -> str:
    """The whole page."""
    controls = ", ".join(f"`{name}`" for name in sorted(SETTING_CONTROLS))
    return "\n".join(
        [
            INTRODUCTION,
            "## The three roles",
            *(f"\n### {name}\n\n{about}\n\n{_table(role_for(name))}" for name, about in ROLES.items()),
            BASELINES.format(controls=controls),
            RUNS,
            _runs(),
            "\n## Every command\n",
            "By the baseline `recommended`. Optional is what tells more where it is granted; nothing fails without it.",
            *(_command(name) for name, row in ROWS.items() if name not in ROLES and (row.actions or row.data_actions)),
            "\n### Commands that ask nothing of Azure\n",
            ", ".join(f"`{name}`" for name, row in ROWS.items() if not row.actions and not row.data_actions) + ".",
            "\n## Never needed, and never to be granted\n",
            "| action | why not |\n| --- | --- |",
            *(f"| `{pattern}` | {reason} |" for pattern, reason in NEVER),
            "\n`--check` calls these dangerous wherever they are granted and not needed:\n",
            *(f"* `{pattern}`: it can {deed}" for pattern, deed in DANGERS),
            "",
        ]
    )


def _runs() -> str:
    """What finishing and undoing need, by the kind of run; a run to be finished was stopped before its first change."""
    rows = []
    for kind, make in KINDS.items():
        for way, stopped in (("resume", True), ("rollback", False)):
            with simulated("insecure") as simulation:
                client = simulation.client()
                if stopped:
                    client.stop()
                run = make(client)
                role = role_for_run(run, plan_of(client.journals, run.run_id))
            needed = "<br>".join(f"`{need.action}` at the {need.scope.value}" for need in role.needs)
            optional = "<br>".join(f"`{need.action}` at the {need.scope.value}" for need in role.optional)
            rows.append(f"| `{kind}` | `{way}` | {needed} | {optional or 'none'} |")
    return "\n".join(["| a run of | to | needs | optional |", "| --- | --- | --- | --- |", *rows])


def _server(client: FlexSec) -> ServerHandle:
    return client.server("rg-shop", "shop-db")


def _command(name: str) -> str:
    role = role_for(name)
    same = next((each for each in ROLES if role_for(each).needs == role.needs), None)
    if same is None:
        return f"\n### {name}\n\n{_table(role)}"
    optional = "".join(
        f" Optional, at the {need.scope.value}: `{need.action}` ({need.reason})." for need in role.optional
    )
    return f"\n### {name}\n\nThe role [`{same}`](#{same}).{optional}"


def _table(role: Role) -> str:
    rows = [_row(need, need.reason) for need in role.needs]
    rows += [_row(need, f"optional: {need.reason}") for need in role.optional]
    return "\n".join(["| action | at | what for |", "| --- | --- | --- |", *rows])


def _row(need: Need, reason: str) -> str:
    kind = " (data)" if need.data else ""
    return f"| `{need.action}`{kind} | {need.scope.value} | {reason} |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
