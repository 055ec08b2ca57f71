"""What to do when signing in failed, first, and then shortly why it did."""

from __future__ import annotations

import os
import re

from .scrub import scrub

# One line an attempt: "\tEnvironmentCredential: why not" (DefaultAzureCredential's own message).
_ATTEMPT = re.compile(r"^\s*(\w+Credential):\s*(.*)$")
_NAMES = {
    "EnvironmentCredential": "environment variables",
    "WorkloadIdentityCredential": "workload identity",
    "ManagedIdentityCredential": "managed identity",
    "AzureCliCredential": "Azure CLI",
    "AzurePowerShellCredential": "Azure PowerShell",
    "AzureDeveloperCliCredential": "Azure Developer CLI",
}
_ELSE = "or choose another way (`--credential` on the command line)"
_ADVICE = {
    "DefaultAzureCredential": "sign in with `az login`, or choose how (`--credential KIND` on the command line)",
    "AzureCliCredential": f"sign in with `az login`, {_ELSE}",
    "AzurePowerShellCredential": f"sign in with `Connect-AzAccount`, {_ELSE}",
    "AzureDeveloperCliCredential": f"sign in with `azd auth login`, {_ELSE}",
    "ManagedIdentityCredential": f"a managed identity exists on Azure machines alone; run it there, {_ELSE}",
}
_VARIABLES = {
    "EnvironmentCredential": (
        ("AZURE_TENANT_ID",),
        ("AZURE_CLIENT_ID",),
        ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"),
    ),
    "WorkloadIdentityCredential": (("AZURE_TENANT_ID",), ("AZURE_CLIENT_ID",), ("AZURE_FEDERATED_TOKEN_FILE",)),
}
# What azure-identity says of every credential that is not set up, and what tells nothing in one line.
_EMPTY_WORDS = re.compile(r"(\w+Credential )?(authentication )?unavailable,?\s*")
_LONGEST_CAUSE = 120


def advice(credential_name: str, error: Exception) -> str:
    """One line of advice, and a second one with the cause where one is known.

    Args:
        credential_name: the class of azure.identity that failed; another class gets no advice.
        error: what it raised.
    """
    told = _ADVICE.get(credential_name) or _set_variables(credential_name)
    attempts = _attempts(str(error))
    if attempts:
        cause = "tried " + ", ".join(f"{name} ({why})" if why else name for name, why in attempts.items())
    else:
        cause = _cause(str(error)) or ("" if told else type(error).__name__)
    if not told:
        return f"no credential could give a token: {cause}"
    return f"not signed in to Azure: {told}" + (f"\n{cause}" if cause else "")


def _set_variables(credential_name: str) -> str:
    if credential_name not in _VARIABLES:
        return ""
    missing = [
        " or ".join(names) for names in _VARIABLES[credential_name] if not any(os.environ.get(name) for name in names)
    ]
    if not missing:
        return f"the AZURE_* variables are set and gave no token; check them, {_ELSE}"
    return f"set {', '.join(missing)} in the environment, {_ELSE}"


def _attempts(text: str) -> dict[str, str]:
    """What DefaultAzureCredential tried, of the ways that can be chosen by name, and why each failed."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        attempt = _ATTEMPT.match(line)
        if attempt and attempt[1] in _NAMES:
            name = _NAMES[attempt[1]]
            found.setdefault(name, _cause(attempt[2]).removeprefix(name).strip())
    return found


def _cause(text: str) -> str:
    """The first sentence, without what azure-identity says of every credential that is not set up."""
    sentence = scrub(text.strip().split("\n")[0], 300).split(". ")[0].rstrip(".")
    shown = _EMPTY_WORDS.sub("", sentence).strip(" ,:")
    return shown if len(shown) <= _LONGEST_CAUSE else shown[: _LONGEST_CAUSE - 3] + "..."
