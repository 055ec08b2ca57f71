"""The peers: what of each was read, what it reads, and what it tests.

Only checks that a peer has for flexible servers, on properties that it claims, as small questions of our own wording
made from reading its sources. Where its exact test is not known, or where it has a threshold or a scope of its own, the
case is not counted. None of their code is here, and none is run.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.controls.truth.asking import PeerCheck
from tests.controls.truth.peers.azure_policy import COMMUNITY, POLICY
from tests.controls.truth.peers.cloudsploit import CLOUDSPLOIT
from tests.controls.truth.peers.cnspec import CNSPEC
from tests.controls.truth.peers.others import AZQR, AZTS, CLOUDBEAT, MITRE
from tests.controls.truth.peers.powerpipe import POWERPIPE
from tests.controls.truth.peers.prowler import PROWLER
from tests.controls.truth.peers.psrule import PSRULE
from tests.controls.truth.peers.templates import CHECKOV, TRIVY


@dataclass(frozen=True)
class Peer:
    """One tool.

    Attributes:
        key: what data files call it.
        version: what of it was read.
        reads: the live service, or a template that says the same.
        checks: what it tests.
    """

    key: str
    name: str
    version: str
    reads: str
    checks: tuple[PeerCheck, ...]


LIVE, TEMPLATES = "the service", "templates"
PEERS = (
    Peer("prowler", "Prowler", "5.46.0", LIVE, PROWLER),
    Peer("checkov", "Checkov", "3.3.30", TEMPLATES, CHECKOV),
    Peer("trivy", "Trivy", "trivy-checks 80e53822", TEMPLATES, TRIVY),
    Peer("powerpipe", "Powerpipe", "azure-compliance 464a8ef", LIVE, POWERPIPE),
    Peer("psrule", "PSRule", "0df3c669 / 176d7466", LIVE, PSRULE),
    Peer("azpolicy", "Azure Policy", "built-ins f4a50bac", LIVE, POLICY),
    Peer("community", "Community-Policy", "dd8c58d", LIVE, COMMUNITY),
    Peer("cloudsploit", "CloudSploit", "4b5bbd80", LIVE, CLOUDSPLOIT),
    Peer("cnspec", "cnspec", "mondoo-azure-security 10.1.1", LIVE, CNSPEC),
    Peer("azqr", "azqr / APRL", "34dd3163 / 9b93db71", LIVE, AZQR),
    Peer("azts", "AzTS", "28979728", LIVE, AZTS),
    Peer("mitre", "MITRE InSpec", "2c1a010", LIVE, MITRE),
    Peer("cloudbeat", "cloudbeat", "2b3db5e2", LIVE, CLOUDBEAT),
)
