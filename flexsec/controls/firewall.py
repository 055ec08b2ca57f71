"""Whom the firewall rules admit. Rules are judged by their addresses, never by their names."""

from __future__ import annotations

from ..model.desire import DesiredFirewallRuleAbsent
from ..model.firewall import INTERNET_SIZE, AddressRange, FirewallRule, RuleClass, public_size
from ..model.observation import Unobserved
from ..model.server import Networking, ServerState
from ..model.verdict import Check
from .control import Argument, Arguments, Control, whole_number
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

_REPORT_ONLY = "the baseline only reports such rules (remove: false): removing them is yours to decide"


def no_azure_services(state: ServerState, arguments: Arguments) -> Check:
    """No rule lets in every Azure service of every tenant.

    What it checks: no firewall rule is 0.0.0.0-0.0.0.0, whatever its name. That pair of addresses is a switch: it
    admits all of Azure, other customers' machines included. A rule that merely begins or ends at 0.0.0.0 is not it.

    Why: an attacker needs no more than an Azure subscription of their own to stand behind this rule.

    Remedy: flexsec removes the rule, with leave for the closing class firewall and evidence of who connects. Give the
    services that need the server a private endpoint or rules of their own first. With `remove: false` it only reports.

    What it does not check: rules on a server without a public endpoint, where they admit nobody.

    Cost: one request per server, shared by the controls that read firewall rules.
    """
    rules = _rules_in_force(state)
    if isinstance(rules, Check):
        return rules
    culprits = [rule for rule in rules if rule.kind == RuleClass.AZURE_SERVICES]
    found = "let in every Azure service of every tenant"
    return _verdict(rules, culprits, found, "no rule admits all Azure services", remove=bool(arguments["remove"]))


def no_allow_all(state: ServerState, arguments: Arguments) -> Check:
    """No rule, and no set of rules, lets in the internet.

    What it checks: no rule spans half of the IPv4 addresses or more, and all rules together do not admit that many
    public ones. So 0.0.0.1-255.255.255.254 and two rules for half of the internet each are found as well.

    Why: the login is then open to every scanner and every stolen password.

    Remedy: flexsec removes the widest rules until the rest is no longer the internet, with leave for the closing class
    firewall and evidence of who connects. With `remove: false` it only reports.

    What it does not check: smaller ranges (net-fw-range-bounded does), and rules on a server without a public endpoint.

    Cost: one request per server, shared by the controls that read firewall rules.
    """
    rules = _rules_in_force(state)
    if isinstance(rules, Check):
        return rules
    culprits = internet_rules(rules)
    found = "let in the internet"
    return _verdict(rules, culprits, found, "the rules do not admit the internet", remove=bool(arguments["remove"]))


def range_bounded(state: ServerState, arguments: Arguments) -> Check:
    """Each rule, and all rules together, admit no more addresses than the baseline allows.

    What it checks: the public addresses of each rule against `max_rule_addresses`, and the distinct public addresses of
    all rules together against `max_addresses`; overlapping rules count once. The rule that admits all Azure services
    stands for no addresses that could be counted (net-fw-no-azure-services reports it), and private addresses in a rule
    admit nobody.

    Why: a range is usually wider than the clients behind it, and the rest of it belongs to strangers.

    Remedy: left to you, because only you know which addresses your clients have; what removes a rule for everybody
    (net-fw-no-allow-all) mends this too. Narrow the rules with
    flexsec firewall allow and remove, or state them all with server.firewall.reconcile of the library.

    What it does not check: who uses the addresses, and rules on a server without a public endpoint.

    Cost: one request per server, shared by the controls that read firewall rules.
    """
    rules = _rules_in_force(state)
    if isinstance(rules, Check):
        return rules
    counted = [rule for rule in rules if rule.kind in (RuleClass.PUBLIC, RuleClass.INTERNET)]
    widest, budget = whole_number(arguments, "max_rule_addresses"), whole_number(arguments, "max_addresses")
    total = public_size(_ranges(counted))
    evidence = {"public addresses admitted": str(total), **{rule.name: _addresses(rule) for rule in counted}}
    wide = [rule for rule in counted if public_size(_ranges([rule])) > widest]
    problems = [f"{rule} admits {public_size(_ranges([rule]))} addresses, allowed {widest}" for rule in wide]
    if total > budget:
        problems.append(f"all rules together admit {total} addresses, allowed {budget}")
    if problems:
        names = ", ".join(rule.name for rule in wide or counted)
        return failed(
            "; ".join(problems), evidence, remedy=f"which addresses are needed is yours to say; narrow {names}"
        )
    return _unreadable(rules) or passed(_admitted(len(counted), total), evidence)


def rule_count(state: ServerState, arguments: Arguments) -> Check:
    """The firewall rules are few enough to be read and kept in order.

    What it checks: the number of firewall rules is at most the argument `max_rules`, whatever they admit.

    Why: nobody reviews a list of forty rules. The entry of a contractor who left long ago hides among them, and several
    rules that are harmless each can together admit more than anyone meant.

    Remedy: left to you, because only you know which clients are still there. Merge rules for neighbouring addresses,
    remove those that nobody claims, or give the clients a private endpoint.

    What it does not check: which addresses the rules admit (the other firewall controls do), whether anyone still uses
    a rule, and rules on a server without a public endpoint.

    Cost: one request per server, shared by the controls that read firewall rules.
    """
    rules = _rules_in_force(state)
    if isinstance(rules, Check):
        return rules
    most, found = whole_number(arguments, "max_rules"), len(rules)
    counted = "1 firewall rule" if found == 1 else f"{found} firewall rules"
    evidence = {"firewall rules": str(found), "allowed": str(most)}
    if found <= most:
        return passed(f"there {'is' if found == 1 else 'are'} {counted}, allowed {most}", evidence)
    return failed(
        f"there {'is' if found == 1 else 'are'} {counted}, allowed {most}",
        {**evidence, "names": ", ".join(rule.name for rule in rules)},
        remedy="which clients are still there is yours to say; merge neighbouring rules and remove those that nobody "
        "claims (flexsec firewall remove)",
    )


def internet_rules(rules: tuple[FirewallRule, ...]) -> list[FirewallRule]:
    """The rules to do without so that the rest does not admit the internet: the widest first."""
    culprits = [rule for rule in rules if rule.kind == RuleClass.INTERNET]
    rest = [rule for rule in rules if rule.kind == RuleClass.PUBLIC]
    rest.sort(key=lambda rule: (public_size(_ranges([rule])), rule.name))
    while public_size(_ranges(rest)) >= INTERNET_SIZE:
        culprits.append(rest.pop())
    return culprits


def _rules_in_force(state: ServerState) -> tuple[FirewallRule, ...] | Check:
    """The rules, or the check that says why they do not matter or are not known."""
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    if state.server.networking == Networking.VNET:
        return not_applicable("the server is integrated into a virtual network, where firewall rules have no effect")
    if state.server.public_network_access.casefold() == "disabled":
        return not_applicable("public network access is disabled, so firewall rules admit nobody")
    if isinstance(state.firewall, Unobserved):
        return unread("the firewall rules", state.firewall)
    return state.firewall


def _verdict(
    rules: tuple[FirewallRule, ...], culprits: list[FirewallRule], found: str, clean: str, *, remove: bool
) -> Check:
    if not culprits:
        return _unreadable(rules) or passed(clean, {"firewall rules": str(len(rules))})
    evidence = {rule.name: _addresses(rule) for rule in culprits}
    absent = tuple(DesiredFirewallRuleAbsent(name=rule.name, start=rule.start, end=rule.end) for rule in culprits)
    return failed(
        f"{', '.join(map(str, culprits))} {found if len(culprits) > 1 else found.replace('let', 'lets', 1)}",
        evidence,
        desires=absent if remove else (),
        remedy="" if remove else _REPORT_ONLY,
    )


def _admitted(rules: int, addresses: int) -> str:
    counted = "1 rule admits" if rules == 1 else f"{rules} rules admit"
    return f"{counted} {addresses} public address{'' if addresses == 1 else 'es'}"


def _unreadable(rules: tuple[FirewallRule, ...]) -> Check | None:
    odd = [rule for rule in rules if rule.kind == RuleClass.UNREADABLE]
    return unknown(f"the addresses of {', '.join(map(str, odd))} cannot be read as a range") if odd else None


def _ranges(rules: list[FirewallRule]) -> list[AddressRange]:
    return [found for rule in rules if (found := rule.range) is not None]


def _addresses(rule: FirewallRule) -> str:
    return f"{rule.start}-{rule.end}"


def _remove(control_id: str) -> Argument:
    return Argument(
        name="remove",
        kind="boolean",
        default=THRESHOLDS[f"{control_id}.remove"].value,
        description="Whether such rules belong to the baseline and are removed; false only reports them.",
    )


CONTROLS = (
    Control(
        id="net-fw-no-azure-services",
        title="No rule admits all Azure services",
        family="firewall",
        rating=RATINGS["net-fw-no-azure-services"],
        check=no_azure_services,
        reads=("firewall", "server"),
        arguments=(_remove("net-fw-no-azure-services"),),
        references=REFERENCES["net-fw-no-azure-services"],
    ),
    Control(
        id="net-fw-no-allow-all",
        title="No rules admit the whole internet",
        family="firewall",
        rating=RATINGS["net-fw-no-allow-all"],
        check=no_allow_all,
        reads=("firewall", "server"),
        arguments=(_remove("net-fw-no-allow-all"),),
        references=REFERENCES["net-fw-no-allow-all"],
    ),
    Control(
        id="net-fw-range-bounded",
        title="Rules admit a bounded number of addresses",
        family="firewall",
        rating=RATINGS["net-fw-range-bounded"],
        check=range_bounded,
        reads=("firewall", "server"),
        arguments=(
            Argument(
                name="max_addresses",
                kind="integer",
                default=THRESHOLDS["net-fw-range-bounded.max_addresses"].value,
                description="How many distinct public addresses all rules together may admit.",
                minimum=0,
            ),
            Argument(
                name="max_rule_addresses",
                kind="integer",
                default=THRESHOLDS["net-fw-range-bounded.max_rule_addresses"].value,
                description="How many public addresses one rule may admit.",
                minimum=0,
            ),
        ),
        references=REFERENCES["net-fw-range-bounded"],
    ),
    Control(
        id="net-fw-rule-count",
        title="The number of firewall rules is bounded",
        family="firewall",
        rating=RATINGS["net-fw-rule-count"],
        check=rule_count,
        reads=("firewall", "server"),
        arguments=(
            Argument(
                name="max_rules",
                kind="integer",
                default=THRESHOLDS["net-fw-rule-count.max_rules"].value,
                description="How many firewall rules there may be.",
                minimum=0,
            ),
        ),
        references=REFERENCES["net-fw-rule-count"],
    ),
)
