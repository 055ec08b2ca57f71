"""Refusals about Resource Manager's own resources, about servers' names and about Microsoft.Security.

Documented codes; where Microsoft shows the sentence it is Microsoft's, otherwise inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .wire_errors import WireError

if TYPE_CHECKING:
    from collections.abc import Sequence


def bad_skip_token(token: str) -> WireError:
    """400: a $skiptoken that no list gave out. Inferred sentence."""
    return WireError(400, "InvalidSkipToken", f"The $skiptoken '{token[:80]}' is not valid.", cause="gateway")


def invalid_filter(parameter: str, text: str) -> WireError:
    """400: a filter that is not understood. Documented."""
    message = f"Invalid {parameter} '{text[:200]}' specified in the query string."
    return WireError(400, "InvalidFilterInQueryString", message, cause="gateway")


def unknown_location(found: str, known: Sequence[str]) -> WireError:
    """400: a location that there is not. Documented."""
    message = (
        f"The provided location '{found[:80]}' is not available for resource type. List of available regions is "
        f"'{','.join(known)}'."
    )
    return WireError(400, "LocationNotAvailableForResourceType", message, cause="gateway")


def location_required() -> WireError:
    """400: a resource without its location. Documented."""
    return WireError(400, "LocationRequired", "The location property is required for this definition.", cause="gateway")


def invalid_group_name(name: str) -> WireError:
    """400: a resource group's name that cannot be. Documented."""
    message = (
        f"The provided resource group name '{name[:100]}' has these invalid characters or is too long. The name can "
        "only be a letter, digit, '-', '.', '(', ')' or '_', up to 90 of them, and cannot end in '.'."
    )
    return WireError(400, "InvalidResourceGroup", message, cause="gateway")


def group_elsewhere(name: str, present: str, wanted: str) -> WireError:
    """409: a resource group that exists in another location. Documented."""
    message = (
        f"Invalid resource group location '{wanted}'. The Resource group '{name}' already exists in location "
        f"'{present}'."
    )
    return WireError(409, "InvalidResourceGroupLocation", message, cause="gateway")


def server_elsewhere(name: str, present: str, wanted: str, group: str) -> WireError:
    """409: a server that exists in another location. Documented."""
    message = (
        f"The resource '{name}' already exists in location '{present}' in resource group '{group}'. A resource with "
        f"the same name cannot be created in location '{wanted}'. Please select a new resource name."
    )
    return WireError(409, "InvalidResourceLocation", message, cause="gateway")


def lock_not_found(name: str) -> WireError:
    """404: no such lock. Documented."""
    return WireError(404, "LockNotFound", f"The lock '{name}' could not be found.", cause="gateway")


def invalid_tag(name: str) -> WireError:
    """400: a tag's name or value that cannot be. Documented code, inferred sentence."""
    message = f"The tag '{name[:80]}' is invalid: a name has 1 to 512 characters without <>%&\\?/, a value up to 256."
    return WireError(400, "InvalidTagNameCharacters", message, cause="gateway")


def too_many_tags(found: int, most: int) -> WireError:
    """400: more tags than a resource can have. Documented."""
    message = f"The number of tags on the resource is {found}. The maximum number of tags is {most}."
    return WireError(400, "InvalidTags", message, cause="gateway")


def unknown_namespace(name: str) -> WireError:
    """404: a resource provider that there is not. Documented."""
    message = f"The resource namespace '{name}' is invalid."
    return WireError(404, "InvalidResourceNamespace", message, cause="gateway")


def not_registered(namespace: str) -> WireError:
    """409: a write to a provider without registration. Documented."""
    message = (
        f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how "
        "to register subscriptions."
    )
    return WireError(409, "MissingSubscriptionRegistration", message, cause="gateway")


def cannot_unregister(namespace: str) -> WireError:
    """409: a provider that is in use, or needs no registration. Documented code, inferred sentence."""
    message = f"Cannot unregister namespace '{namespace}': it holds resources, or needs no registration."
    return WireError(409, "CannotUnregisterNamespace", message, cause="gateway")


def unknown_plan(name: str) -> WireError:
    """404: no such Defender plan. Inferred."""
    return WireError(404, "PricingNotFound", f"The pricing '{name}' was not found.")


def invalid_pricing_tier(found: str) -> WireError:
    """400: neither Free nor Standard. Inferred."""
    return WireError(400, "InvalidPricingTier", f"The pricing tier '{found[:80]}' is not one of Free, Standard.")


def inherited_plan(name: str, scope: str) -> WireError:
    """400: a plan that comes from another scope is to be changed. Inferred."""
    return WireError(400, "InvalidPricingRequest", f"The pricing '{name}' is inherited from '{scope}'.")


def not_protectable(kind: str) -> WireError:
    """400: the generic setting of threat protection, which serves other types of resources. Reported, spelling too."""
    return WireError(400, "Not Supported", f"Atp settings are not supported on resources of type {kind}")


def replicas_exist(server: str, count: int) -> WireError:
    """400: a primary that still has replicas is to be deleted. Recorded, spelling included."""
    message = f"Server '{server}' has '{count}' active replicas.Drop operation on server with replicas not allowed."
    return WireError(400, "ReadReplicaServersExistForSourceServer", message)


def name_taken() -> WireError:
    """409: a server's name that another one has. Documented sentence; code and status are inferred."""
    return WireError(409, "ServerNameAlreadyExists", "Specified server name is already used.")
