"""Passwords in Azure Key Vault, on the simulator's vault: whatever is cut off, a stored password works."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.azure.clouds import CHINA, PUBLIC, US_GOVERNMENT
from flexsec.azure.in_process import InProcessTransport
from flexsec.azure.key_vault import KeyVaultStore
from flexsec.errors import InvalidValue, SecretStoreFailure, UsageError
from flexsec.model.secret import Secret
from flexsec.model.secret_store import Stage
from flexsec.simulator import Request, World, answer
from flexsec.testing import Fault, VirtualClock
from tests.simulator.vaults import CANARY, OLD, SECRETS, SUBSCRIPTION, world_of

SERVER = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
)
EXPIRES = datetime(2026, 4, 5, 9, 0, tzinfo=UTC)


class Credential:
    """A token for anything, which tells what it was asked for."""

    def __init__(self, token="anyone"):
        self.token = token
        self.asked = []

    def get_token(self, *scopes, **options):
        from azure.core.credentials import AccessToken

        self.asked.append((scopes, options))
        return AccessToken(self.token, 4102444800)


@dataclass
class Scene:
    """A world with a vault, a store on it, and a wire that can be cut."""

    world: World
    token: str = "anyone"
    cut_at: int | None = None
    before: bool = False
    sent: list = field(default_factory=list)

    def __post_init__(self):
        self.clock = VirtualClock(self.world.clock)
        self.credential = Credential(self.token)

    def store(self, secret="shop-db", vault="kv-shop", **options):
        return KeyVaultStore(
            self.credential, vault, secret, clock=self.clock, transport=InProcessTransport(self._handle), **options
        )

    def _handle(self, method, url, headers, body):
        number = len(self.sent)
        self.sent.append((method, url.split("?")[0], dict(headers)))
        if number == self.cut_at and self.before:
            raise Cut
        got = answer(self.world, Request(method, url, headers, body), self.clock.now())
        if number == self.cut_at:
            raise Cut
        return got.status, got.headers, got.body

    @property
    def vault(self):
        return self.world.group(SUBSCRIPTION, "rg-shop").vaults["kv-shop"]

    def put(self, store, text="new-password-1", run="run-1", **members):
        values = {"server_id": SERVER, "login": "pgadmin", "expires_at": EXPIRES} | members
        return store.put_pending(Secret(text), run_id=run, **values)

    def consumers_read(self, name="shop-db"):
        """What an application that asks for the latest version gets."""
        latest = self.vault.secrets[name].latest
        return latest.value if latest.attributes.enabled else None

    def values(self):
        """Every stored text."""
        return {each.value for secret in self.vault.secrets.values() for each in secret.versions.values()}


class Cut(BaseException):
    """The process dies here."""


def scene(*faults, token="anyone", **vault):
    """A scene with these faults."""
    found = Scene(World.from_dict(world_of(**vault)), token)
    found.world.faults.add(*faults)
    return found


def test_a_pending_password_is_not_what_consumers_read():
    """It waits in the secret beside, with run, server, login and expiry; the other secret stays as it was."""
    on = scene()
    store = on.store()
    kept = on.put(store)
    assert (kept.stage, kept.run_id, kept.server_id, kept.login, kept.expires_at) == (
        Stage.PENDING, "run-1", SERVER, "pgadmin", EXPIRES,
    )  # fmt: skip
    assert on.consumers_read() == CANARY
    assert store.get(kept.version).reveal() == "new-password-1"
    assert [(each.version, each.stage) for each in store.versions()] == [
        (kept.version, Stage.PENDING),
        (OLD, Stage.CURRENT),
    ]
    assert store.place == "vault https://kv-shop.vault.azure.net secret shop-db"


def test_promoting_makes_it_what_consumers_read():
    """The newest version has the value, content type and expiry; the former is marked, foreign tags come along, ids stay."""
    on = scene()
    store = on.store()
    kept = on.put(store)
    promoted = store.promote(kept.version)
    assert (promoted.version, promoted.stage, promoted.expires_at) == (kept.version, Stage.CURRENT, EXPIRES)
    assert on.consumers_read() == "new-password-1"
    latest = on.vault.secrets["shop-db"].latest
    assert latest.content_type == "password"
    assert latest.tags == {
        "owner": "shop", "flexsec-stage": "current", "flexsec-run": "run-1", "flexsec-login": "pgadmin",
        "flexsec-server": SERVER, "flexsec-version": kept.version, "flexsec-former": OLD,
    }  # fmt: skip
    assert on.vault.secrets["shop-db"].versions[OLD].tags == {"owner": "shop", "flexsec-stage": "previous"}
    assert on.vault.secrets["shop-db-pending"].latest.tags["flexsec-stage"] == "promoted"
    assert [(each.version, each.stage) for each in store.versions()] == [
        (kept.version, Stage.CURRENT),
        (OLD, Stage.PREVIOUS),
    ]
    writes = [method for method, _, _ in on.sent if method != "GET"]
    assert writes == ["PUT", "PUT", "PATCH", "PATCH"]
    assert store.promote(kept.version) == promoted
    assert [method for method, _, _ in on.sent if method != "GET"] == writes, "done already"


def test_many_rotations_in_one_second_keep_their_order():
    """Times are whole seconds and ids random; what each version follows tells which is newest."""
    on = scene()
    store = on.store(secret="brand-new")
    made = [store.promote(on.put(store, f"password-{number}", f"run-{number}").version) for number in range(8)]
    assert on.consumers_read("brand-new") == "password-7"
    told = store.versions()
    assert [each.version for each in told] == [each.version for each in reversed(made)]
    assert [each.stage for each in told] == [Stage.CURRENT] + [Stage.PREVIOUS] * 7
    assert store.get(made[3].version).reveal() == "password-3"


def test_an_older_password_can_be_made_current_again():
    """A previous one, and one that somebody stored without flexsec, become the newest version again under their own ids."""
    on = scene()
    store = on.store()
    first = store.promote(on.put(store, "one", "run-1").version)
    store.promote(on.put(store, "two", "run-2").version)
    assert store.promote(first.version).stage is Stage.CURRENT
    assert on.consumers_read() == "one"
    assert store.promote(OLD).version == OLD
    assert on.consumers_read() == CANARY
    stages = {each.version: each.stage for each in store.versions()}
    assert (stages[OLD], stages[first.version], len(stages)) == (Stage.CURRENT, Stage.PREVIOUS, 3)


def test_abandoning_marks_and_keeps():
    """An abandoned password is kept and can still be read; what is current or promoted stays so; an unknown one is told."""
    on = scene()
    store = on.store()
    kept = on.put(store)
    store.abandon(kept.version)
    assert store.versions()[0].stage is Stage.ABANDONED
    assert store.get(kept.version).reveal() == "new-password-1"
    store.promote(kept.version)
    store.abandon(kept.version)
    assert store.versions()[0].stage is Stage.CURRENT
    with pytest.raises(SecretStoreFailure, match="holds no version nowhere"):
        store.abandon("nowhere")
    with pytest.raises(SecretStoreFailure, match="holds no version nowhere"):
        store.promote("nowhere")


def test_a_promoted_password_survives_a_purged_secret():
    """When somebody purges the secret that consumers read, the password is still found beside it, as previous."""
    on = scene()
    store = on.store()
    kept = store.promote(on.put(store).version)
    del on.vault.secrets["shop-db"]
    assert [(each.version, each.stage) for each in store.versions()] == [(kept.version, Stage.PREVIOUS)]
    store.promote(kept.version)
    assert on.consumers_read() == "new-password-1"


def test_disabled_versions_are_nobodys_password():
    """When the latest is disabled none is current, an older one least of all; its password is still found beside it."""
    on = scene()
    store = on.store()
    kept = store.promote(on.put(store).version)
    on.vault.secrets["shop-db"].latest.attributes.enabled = False
    assert [(each.version, each.stage) for each in store.versions()] == [
        (kept.version, Stage.PREVIOUS),
        (OLD, Stage.PREVIOUS),
    ]
    assert store.promote(kept.version).stage is Stage.CURRENT
    assert on.consumers_read() == "new-password-1"


def requests_of(action, prepare=lambda on, store: None):
    """How many requests an action takes when nothing is cut."""
    on = scene()
    store = on.store()
    told = prepare(on, store)
    before = len(on.sent)
    action(on, store, told)
    return before, len(on.sent) - before


def _store_and_promote(on, store, _):
    return store.promote(on.put(store).version)


TOTAL = requests_of(_store_and_promote)[1]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", range(TOTAL))
def test_cut_at_every_request(at, before):
    """Dead before or after any request: a working password is stored, consumers read one the server had, and calling again ends as if nothing had happened."""
    on = scene()
    on.cut_at, on.before = at, before
    with pytest.raises(Cut):
        _store_and_promote(on, on.store(), None)
    assert CANARY in on.values()
    assert on.consumers_read() in {CANARY, "new-password-1"}
    again = on.store()
    pending = [each for each in again.versions() if each.stage is Stage.PENDING]
    kept = pending[0] if pending else on.put(again)
    assert again.promote(kept.version).stage is Stage.CURRENT
    assert on.consumers_read() == "new-password-1"
    told = again.versions()
    assert told[0].stage is Stage.CURRENT
    assert {each.stage for each in told[1:]} == {Stage.PREVIOUS}
    assert again.get(told[0].version).reveal() == "new-password-1"
    assert not [each for each in again.versions() if each.stage is Stage.PENDING]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", range(TOTAL))
def test_a_lost_answer_at_every_request(at, before):
    """The connection breaks before or after the effect of any one request: it is found out by reading, nothing is stored twice, and it ends well."""
    on = scene(Fault("X29", path="vaults/", after=at, arguments={"form": "reset_before" if before else "reset_after"}))
    store = on.store()
    promoted = store.promote(on.put(store).version)
    assert (promoted.stage, on.consumers_read()) == (Stage.CURRENT, "new-password-1")
    assert on.world.faults.fired("X29") == 1
    assert len(on.vault.secrets["shop-db-pending"].versions) == 1
    assert len(on.vault.secrets["shop-db"].versions) == 2


FAULTS = [
    {"id": "X29", "arguments": {"form": "reset_before"}},
    {"id": "X29", "arguments": {"form": "reset_after"}},
    {"id": "X29", "arguments": {"form": "truncated"}},
    {"id": "X29", "arguments": {"form": "empty"}},
    {"id": "X29", "arguments": {"form": "html", "applied": True}},
    {"id": "X7", "arguments": {"applied": True}},
    {"id": "X7"},
    {"id": "X22", "arguments": {"seconds": 3}},
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(0, 12)), max_size=4),
    st.lists(st.tuples(st.integers(0, 14), st.booleans()), max_size=3),
    st.integers(1, 3),
)
def test_any_mixture_of_faults_and_deaths(faults, deaths, rotations):
    """Several rotations through resets, garbled answers, failures, throttling and kills: a password the server could have is always stored, and what is current is right."""
    on = scene(
        *(Fault(each["id"], path="vaults/", after=after, arguments=each.get("arguments", {})) for each, after in faults)
    )
    works = CANARY
    for number in range(rotations):
        text, run, tries = f"password-{number}", f"run-{number}", list(deaths)
        for _ in range(40):
            on.cut_at, on.before = (len(on.sent) + tries[0][0], tries.pop(0)[1]) if tries else (None, False)
            store = on.store()
            try:
                own = [each for each in store.versions() if each.run_id == run]
                kept = own[0] if own else on.put(store, text, run)
                assert store.get(kept.version).reveal() == text
                works = text  # from here on the server may have it
                store.promote(kept.version)
                break
            except (Cut, SecretStoreFailure):
                assert works in on.values()
                assert on.consumers_read() in {CANARY, *(f"password-{each}" for each in range(number + 1))}
        else:
            pytest.fail("it never ended")
        on.cut_at = None
        assert on.consumers_read() == text
        assert on.store().versions()[0].run_id == run
    assert [each.stage for each in on.store().versions()].count(Stage.CURRENT) == 1


# What the vault refuses, in words: D14 and its kin


def test_a_deleted_name_is_seen_before_anything_is_stored():
    """D14: the name belongs to a deleted secret: nothing is written, and the sentence says recover, purge, or another name."""
    for disabled in (False, True):
        on = scene()
        on.vault.secrets["shop-db"].deleted = on.clock.now()
        on.vault.secrets["shop-db"].latest.attributes.enabled = not disabled
        with pytest.raises(
            SecretStoreFailure, match=r"was deleted and still holds its name.*recover.*purge"
        ) as refused:
            on.put(on.store())
        assert {method for method, _, _ in on.sent} == {"GET"}
        assert "vault https://kv-shop.vault.azure.net secret shop-db" in refused.value.message


def test_a_deleted_pending_name_is_told():
    """D14: the same for the secret beside, which the vault itself refuses with 409."""
    on = scene()
    store = on.store()
    store.abandon(on.put(store).version)
    on.vault.secrets["shop-db-pending"].deleted = on.clock.now()
    with pytest.raises(SecretStoreFailure, match="secret shop-db-pending was deleted"):
        on.put(store)
    assert on.consumers_read() == CANARY


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("owner", "lacks the data action Microsoft.KeyVault/vaults/secrets/readMetadata/action.*Key Vault Secrets Officer"),
        ("lister", "lacks the data action Microsoft.KeyVault/vaults/secrets/setSecret/action.*Owner and Contributor hold no"),
    ],
)  # fmt: skip
def test_a_missing_right_is_named(token, said):
    """D14: 403 names the data action and the role; nothing was stored."""
    on = scene(token=token)
    with pytest.raises(SecretStoreFailure, match=said):
        on.put(on.store())
    assert "shop-db-pending" not in on.vault.secrets


@pytest.mark.parametrize(
    ("vault", "said"),
    [
        ({"rbac": False}, "no access policy of the vault gives this identity the permission 'secrets set'"),
        ({"public_network_access": "Disabled"}, "takes no requests from public networks"),
        ({"network": {"default_action": "Deny"}}, "firewall does not let this address 203.0.113.5 in"),
    ],
)
def test_other_refusals_say_what_to_do(vault, said):
    """A policy, a closed network and a firewall each have their own advice."""
    on = scene(token="lister", **vault)
    with pytest.raises(SecretStoreFailure, match=said):
        on.put(on.store())


def test_a_vault_that_does_not_exist_is_told():
    """An unknown name and a broken network say to check the name and the way there."""
    with pytest.raises(SecretStoreFailure, match=r"Name or service not known.*check the vault's name"):
        scene().store(vault="kv-absent").versions()


@pytest.mark.parametrize(("times", "ends"), [(2, True), (None, False)])
def test_throttling_is_waited_for_and_not_for_ever(times, ends):
    """429 is waited for as the vault asks, reads and writes alike, until the time given is used up."""
    on = scene(Fault("X22", path="vaults/", times=times, arguments={"seconds": 30}))
    begun = on.clock.now()
    if ends:
        assert on.put(on.store()).stage is Stage.PENDING
        assert on.clock.now() - begun >= timedelta(seconds=60)
    else:
        with pytest.raises(SecretStoreFailure, match="throttling"):
            on.put(on.store())
        assert on.clock.now() - begun <= timedelta(seconds=120)


def test_a_write_is_not_sent_again_when_it_may_have_worked():
    """A vault that answers every set with an error after taking it: the version is found by reading, one set is sent."""
    on = scene(Fault("X7", method="PUT", path="vaults/", times=None, arguments={"applied": True}))
    assert on.put(on.store()).stage is Stage.PENDING
    assert [method for method, _, _ in on.sent].count("PUT") == 1


def test_a_vault_that_fails_for_good_is_told():
    """Reads give up after their retries, writes after three tries that a look showed to be without effect."""
    with pytest.raises(SecretStoreFailure, match=r"the vault failed \(500\)"):
        scene(Fault("X7", path="vaults/", times=None)).store().versions()
    on = scene(Fault("X7", method="PUT", path="vaults/", times=None))
    with pytest.raises(SecretStoreFailure, match=r"store a pending password.*the vault failed \(500\)"):
        on.put(on.store())
    assert [method for method, _, _ in on.sent].count("PUT") == 3


def test_a_failure_at_the_end_says_where_the_working_password_is():
    """A promotion that is refused names the pending version, which the server already has."""
    on = scene(Fault("X28", times=None, after=1, arguments={"action": f"{SECRETS}/setSecret/action"}))
    store = on.store()
    kept = on.put(store)
    with pytest.raises(SecretStoreFailure, match=f"setSecret.*stored as version {kept.version} of shop-db-pending"):
        store.promote(kept.version)
    assert on.consumers_read() == CANARY


@pytest.mark.parametrize("name", ["shop-db-pending", "shop-db"])
def test_something_else_given_back_is_an_error(name):
    """What is read back is compared, after storing and after promoting."""
    on = scene()
    real, kept = on._handle, on.put(on.store()) if name == "shop-db" else None

    def other(method, url, headers, body):
        status, head, content = real(method, url, headers, body)
        wrong = method == "GET" and f"/secrets/{name}/" in url
        return status, head, content.replace(b"new-password-1", b"other") if wrong else content

    on._handle = other
    with pytest.raises(SecretStoreFailure, match=f"gave back something else than was stored in version .* of {name};"):
        on.store().promote(kept.version) if kept else on.put(on.store())


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"value": 3}', b'{"value": [7]}'])
def test_an_answer_that_is_no_vaults_is_told(body):
    """A proxy's page, a list of nothing sensible: an error, and no empty list."""
    on = scene()
    on._handle = lambda *_: (200, {}, body)
    with pytest.raises(SecretStoreFailure):
        on.store().versions()


def test_a_list_that_leads_elsewhere_is_not_followed():
    """The next page of another host, or the same page for ever, ends in an error; the token goes nowhere else."""
    for link in ("https://evil.example/secrets/shop-db/versions", "https://kv-other.vault.azure.net/secrets"):
        on, asked = scene(), []

        def handle(method, url, headers, body, link=link, asked=asked):
            asked.append(url)
            return 200, {}, b'{"value": [], "nextLink": "%s"}' % link.encode()

        on._handle = handle
        with pytest.raises(SecretStoreFailure, match="leads elsewhere"):
            on.store().versions()
        assert len(asked) == 1


def test_no_password_is_told_anywhere(caplog):
    """Canary: neither logs, nor errors, nor representations hold a password, even when the service echoes it."""
    caplog.set_level(logging.DEBUG)
    on = scene()
    store = on.store()
    kept = store.promote(on.put(store, "tell-me-not-7").version)
    told = repr(store) + repr(store.versions()) + repr(kept) + caplog.text
    assert on.sent[0][2]["User-Agent"].startswith("flexsec/")
    echo = b'{"error": {"code": "BadParameter", "message": "bad value tell-me-not-7"}}'
    real = on._handle
    on._handle = lambda method, *rest: (400, {}, echo) if method == "PUT" else real(method, *rest)
    with pytest.raises(SecretStoreFailure) as refused:
        on.put(on.store(), "tell-me-not-7", "run-2")
    assert "tell-me-not" not in told + repr(refused.value) + str(refused.value.__context__)
    with pytest.raises(SecretStoreFailure, match="no text") as odd:
        on.put(on.store(), "\ud800tell-me-not", "run-3")
    assert odd.value.__context__ is None


# Where it is, and who asks


@pytest.mark.parametrize(
    ("cloud", "suffix"), [(PUBLIC, "azure.net"), (US_GOVERNMENT, "usgovcloudapi.net"), (CHINA, "azure.cn")]
)
def test_each_cloud_has_its_own_vaults(cloud, suffix):
    """Name and URL lead to the cloud's own suffix, and the token is asked for the cloud's own audience."""
    on = scene(location={"azure.net": "westeurope", "azure.cn": "chinanorth3"}.get(suffix, "usgovvirginia"))
    for vault in ("KV-shop", f"https://kv-shop.vault.{suffix}", f"https://kv-shop.vault.{suffix}:443/"):
        store = on.store(vault=vault, cloud=cloud)
        assert store.place == f"vault https://kv-shop.vault.{suffix} secret shop-db"
        assert len(store.versions()) == 1
    assert {scopes for scopes, _ in on.credential.asked} == {(f"https://vault.{suffix}/.default",)}


@pytest.mark.parametrize(
    ("vault", "secret", "said"),
    [
        ("kv", "s", "3 to 24"), ("1kv", "s", "3 to 24"), ("kv--shop", "s", "3 to 24"), ("", "s", "3 to 24"),
        ("https://kv-shop.vault.azure.cn", "s", "no vault of cloud public"), ("http://kv-shop.vault.azure.net", "s", "no vault"),
        ("https://kv-shop.vault.azure.net.evil.example", "s", "no vault"), ("https://kv-shop.vault.azure.net/secrets/x", "s", "no vault"),
        ("https://me@kv-shop.vault.azure.net", "s", "no vault"), ("kv-shop", "", "1 to 127"), ("kv-shop", "a_b", "1 to 127"),
        ("kv-shop", "a" * 128, "1 to 127"), ("kv-shop", "a" * 120, "at most 119"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_vault_or_a_secret_is_refused(vault, secret, said):
    """Refused before anything is sent; a host of another cloud or of nobody never sees a token."""
    on = scene()
    with pytest.raises(InvalidValue, match=said):
        on.store(vault=vault, secret=secret)
    assert on.sent == []


def test_a_vault_of_another_tenant_says_which():
    """A 401 whose challenge names a tenant: a token of that tenant is asked for, and the request sent again."""
    on = scene()
    real = on._handle

    def handle(method, url, headers, body):
        if headers["Authorization"] == "Bearer first":
            return (
                401,
                {
                    "WWW-Authenticate": 'Bearer authorization="https://login.windows.net/tenant-2", resource="https://vault.azure.net"'
                },
                b"{}",
            )
        return real(method, url, headers, body)

    on._handle = handle
    on.credential.token = "first"
    ask = on.credential.get_token

    def get_token(*scopes, **options):
        on.credential.token = "second" if options.get("tenant_id") else "first"
        return ask(*scopes, **options)

    on.credential.get_token = get_token
    assert len(on.store().versions()) == 1
    assert on.credential.asked[1] == (("https://vault.azure.net/.default",), {"tenant_id": "tenant-2"})


def test_without_a_token_it_says_what_was_tried():
    """A credential that fails is a failure of the store, with its reason."""
    on = scene()

    def get_token(*scopes, **options):
        raise RuntimeError("no luck")

    on.credential.get_token = get_token
    with pytest.raises(SecretStoreFailure, match="could not list its versions in vault"):
        on.store().versions()


def test_a_missing_package_is_told(monkeypatch):
    """Without the extra the sentence says how to install it."""
    monkeypatch.setitem(__import__("sys").modules, "azure.keyvault.secrets", None)
    with pytest.raises(UsageError, match=r"pip install 'flexsec\[keyvault\]'"):
        scene().store()


def test_a_long_server_id_comes_back_whole():
    """A resource id of more than 256 characters, the most that a tag can hold, is kept in two."""
    on = scene()
    server = SERVER.replace("rg-shop", "r" * 90).replace("shop-db", "s" * 63)
    assert len(server) > 256
    store = on.store()
    kept = store.promote(on.put(store, server_id=server).version)
    assert (kept.server_id, store.versions()[0].server_id) == (server, server)


def test_somebody_elses_tags_leave_room_for_ours():
    """A version with 15 tags of its own is followed by one with ours and as many of them as there is room for."""
    on = scene()
    on.vault.secrets["shop-db"].latest.tags = {f"t-{number}": "x" for number in range(15)}
    store = on.store()
    store.promote(on.put(store).version)
    tags = on.vault.secrets["shop-db"].latest.tags
    assert (len(tags), tags["flexsec-stage"]) == (15, "current")
    assert store.versions()[1].stage is Stage.PREVIOUS
