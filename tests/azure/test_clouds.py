"""Clouds: endpoints and names."""

import pytest
from azure.core import AzureClouds
from azure.identity import AzureAuthorityHosts
from azure.mgmt.core.tools import get_arm_endpoints

from flexsec.azure.clouds import CHINA, CLOUDS, PUBLIC, US_GOVERNMENT, cloud
from flexsec.errors import UnknownName

OFFICIAL = [
    (PUBLIC, AzureClouds.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_PUBLIC_CLOUD),
    (US_GOVERNMENT, AzureClouds.AZURE_US_GOVERNMENT, AzureAuthorityHosts.AZURE_GOVERNMENT),
    (CHINA, AzureClouds.AZURE_CHINA_CLOUD, AzureAuthorityHosts.AZURE_CHINA),
]


@pytest.mark.parametrize(("ours", "theirs", "authority"), OFFICIAL)
def test_the_endpoints_are_those_of_the_official_client(ours, theirs, authority):
    """Endpoint, scope and sign-in host agree with what Microsoft's own packages hold."""
    official = get_arm_endpoints(theirs)
    assert f"{ours.arm_endpoint}/" == official["resource_manager"]
    assert [ours.scope] == official["credential_scopes"]
    assert ours.authority == authority


@pytest.mark.parametrize("known", CLOUDS)
def test_every_name_and_alias_is_understood(known):
    """A cloud is found by its name and by the names that other tools use, in any case."""
    for spelling in (known.name, *known.aliases):
        assert cloud(spelling.upper()) is known
        assert cloud(f" {spelling} ") is known


@pytest.mark.parametrize(
    ("name", "hint"), [("us-goverment", "us-government"), ("chinna", "china"), ("azurecloudd", "public")]
)
def test_a_misspelt_cloud_is_suggested(name, hint):
    """A misspelt name suggests the nearest and lists all."""
    with pytest.raises(UnknownName, match=f"did you mean '{hint}'") as caught:
        cloud(name)
    assert all(known.name in caught.value.message for known in CLOUDS)


def test_a_strange_cloud_is_not_guessed():
    """A name like no other only lists what there is."""
    with pytest.raises(UnknownName) as caught:
        cloud("zzz")
    assert "did you mean" not in caught.value.message


@pytest.mark.parametrize("known", CLOUDS)
def test_requests_go_to_the_cloud_that_was_chosen(kit, known):
    """The endpoint and the scope of the token are those of the chosen cloud."""
    kit.read(kit.connection(kit.json(200, {}), cloud=known))
    assert kit.script.requests[0][1].startswith(f"{known.arm_endpoint}/subscriptions/")
    assert kit.credential.asked == [((known.scope,), None)]


@pytest.mark.parametrize("known", CLOUDS)
def test_a_vaults_token_is_for_the_vaults_own_domain(known):
    """The audience is the domain that the cloud's vaults are in, which is what the official client insists on."""
    assert known.vault_url.startswith("https://{vault}.")
    assert known.vault_scope == known.vault_url.replace("{vault}.", "") + "/.default"
