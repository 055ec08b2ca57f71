"""The locations of the simulated clouds: their names, as requests say them, and as answers show them."""

from __future__ import annotations

LOCATIONS = {
    "australiaeast": "Australia East", "brazilsouth": "Brazil South", "canadacentral": "Canada Central",
    "centralindia": "Central India", "centralus": "Central US", "eastasia": "East Asia", "eastus": "East US",
    "eastus2": "East US 2", "francecentral": "France Central", "germanywestcentral": "Germany West Central",
    "italynorth": "Italy North", "japaneast": "Japan East", "koreacentral": "Korea Central",
    "northcentralus": "North Central US", "northeurope": "North Europe", "norwayeast": "Norway East",
    "polandcentral": "Poland Central", "southafricanorth": "South Africa North",
    "southcentralus": "South Central US", "southeastasia": "Southeast Asia", "spaincentral": "Spain Central",
    "swedencentral": "Sweden Central", "switzerlandnorth": "Switzerland North", "uaenorth": "UAE North",
    "uksouth": "UK South", "ukwest": "UK West", "westeurope": "West Europe", "westus": "West US",
    "westus2": "West US 2", "westus3": "West US 3", "usgovvirginia": "USGov Virginia",
    "chinanorth3": "China North 3", "australiacentral": "Australia Central",
    "australiacentral2": "Australia Central 2", "australiasoutheast": "Australia Southeast",
    "austriaeast": "Austria East", "belgiumcentral": "Belgium Central", "brazilsoutheast": "Brazil Southeast",
    "canadaeast": "Canada East", "chilecentral": "Chile Central", "chinaeast": "China East",
    "chinaeast2": "China East 2", "chinaeast3": "China East 3", "chinanorth": "China North",
    "chinanorth2": "China North 2", "francesouth": "France South", "germanynorth": "Germany North",
    "indonesiacentral": "Indonesia Central", "israelcentral": "Israel Central", "japanwest": "Japan West",
    "jioindiawest": "Jio India West", "koreasouth": "Korea South", "malaysiawest": "Malaysia West",
    "mexicocentral": "Mexico Central", "newzealandnorth": "New Zealand North", "norwaywest": "Norway West",
    "qatarcentral": "Qatar Central", "southafricawest": "South Africa West", "southindia": "South India",
    "swedensouth": "Sweden South", "switzerlandwest": "Switzerland West", "uaecentral": "UAE Central",
    "usgovarizona": "USGov Arizona", "usgovtexas": "USGov Texas", "westcentralus": "West Central US",
    "westindia": "West India",
}  # fmt: skip


def located(text: object) -> str | None:
    """The name of a location from its name or its display name, whatever the case; None for one that is none."""
    if not isinstance(text, str):
        return None
    name = text.replace(" ", "").lower()
    return name if name in LOCATIONS else None


def private_dns_zone(location: str) -> str:
    """The domain of the servers in a location's cloud."""
    if location.startswith("usgov"):
        return "postgres.database.usgovcloudapi.net"
    return "postgres.database.chinacloudapi.cn" if location.startswith("china") else "postgres.database.azure.com"
