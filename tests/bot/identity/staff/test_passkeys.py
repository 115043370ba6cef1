"""Passkeys: made and given for one site, one challenge, one person, with their owner verified."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity.staff.passkeys import (
    CHALLENGE_LASTS,
    Challenges,
    PasskeyRefused,
    Site,
    giving,
    made,
    making,
    use_passkey,
)
from bot.records.staff_secrets import PasskeyRow, add_passkey, list_passkeys
from tests.bot.identity.conftest import NOW
from tests.bot.identity.staff.authenticator import Authenticator, as_text
from tests.bot.identity.staff.conftest import Staffed

SITE = Site("https://careers.school.example", "careers.school.example")
CHALLENGE = b"c" * 32


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Careers.School.Example", SITE),
        ("http://localhost:8080", Site("http://localhost:8080", "localhost")),
        ("https://school.example:8443", Site("https://school.example:8443", "school.example")),
        ("http://careers.school.example", None),
        ("https://192.168.1.4", None),
        ("http://127.0.0.1:8080", None),
        ("https://[::1]:8080", None),
        ("", None),
    ],
)
def test_where_passkeys_are_offered(address: str, site: Site | None):
    assert Site.at(address) == site


def make(staffed: Staffed, key: Authenticator, site: Site = SITE) -> PasskeyRow:
    options = making(staffed.jo, site, "School", [], CHALLENGE)
    return made(key.make(options), site, CHALLENGE, "  work \n laptop ", NOW)


def kept(staffed: Staffed, **how: bool) -> Authenticator:
    key = Authenticator(SITE.origin, **how)
    add_passkey(*staffed.school, staffed.jo.id, make(staffed, key))
    return key


def options_for(staffed: Staffed, challenge: bytes = CHALLENGE) -> str:
    options = giving(SITE, list_passkeys(*staffed.school, staffed.jo.id), challenge)
    assert options is not None
    return options


def use(staffed: Staffed, answer: str, *, staff=None, site=SITE, challenge=CHALLENGE) -> None:
    staff_id = (staff or staffed.jo).id
    use_passkey(*staffed.school, staff_id, answer, site, challenge, NOW)


def test_from_making_to_giving(staffed: Staffed):
    key = kept(staffed)
    row = list_passkeys(*staffed.school, staffed.jo.id)[0]
    assert (row.label, row.site, row.id) == ("work laptop", SITE.host, as_text(key.id))
    use(staffed, key.give(options_for(staffed)))
    row = list_passkeys(*staffed.school, staffed.jo.id)[0]
    assert (row.sign_count, row.last_used_at) == (1, NOW)


def test_what_the_browser_is_asked_for(staffed: Staffed):
    key = kept(staffed)
    known = list_passkeys(*staffed.school, staffed.jo.id)
    asked = json.loads(making(staffed.jo, SITE, "School", known, CHALLENGE))
    assert asked["rp"]["id"] == SITE.host
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in asked["excludeCredentials"]] == [as_text(key.id)]
    asked = json.loads(options_for(staffed))
    assert (asked["rpId"], asked["userVerification"]) == (SITE.host, "required")
    assert giving(Site("http://localhost", "localhost"), known, CHALLENGE) is None


def test_the_owner_has_to_be_verified(staffed: Staffed):
    with pytest.raises(PasskeyRefused):
        make(staffed, Authenticator(SITE.origin, verifies=False))
    key = kept(staffed)
    key.verifies = False
    with pytest.raises(PasskeyRefused):
        use(staffed, key.give(options_for(staffed)))


def test_another_origin_another_challenge_another_person(staffed: Staffed):
    with pytest.raises(PasskeyRefused):
        make(staffed, Authenticator("https://phisher.example"))
    key = kept(staffed)
    with pytest.raises(PasskeyRefused):
        use(staffed, key.give(options_for(staffed, b"d" * 32)))
    with pytest.raises(PasskeyRefused):
        use(staffed, key.give(options_for(staffed)), staff=staffed.kit)
    with pytest.raises(PasskeyRefused):
        use(staffed, key.give(options_for(staffed)), site=Site("http://localhost", "localhost"))
    stranger = Authenticator(SITE.origin, id=key.id)
    with pytest.raises(PasskeyRefused):
        use(staffed, stranger.give(options_for(staffed)))
    key.origin = "https://phisher.example"
    with pytest.raises(PasskeyRefused):
        use(staffed, key.give(options_for(staffed)))


def test_a_copy_is_noticed_by_its_count(staffed: Staffed):
    key = kept(staffed)
    copy = Authenticator(SITE.origin, id=key.id, key=key.key)
    use(staffed, key.give(options_for(staffed)))
    use(staffed, key.give(options_for(staffed)))
    with pytest.raises(PasskeyRefused):
        use(staffed, copy.give(options_for(staffed)))


def test_passkeys_that_do_not_count(staffed: Staffed):
    key = kept(staffed, counts=False)
    for _ in range(3):
        use(staffed, key.give(options_for(staffed)))


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=300), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature",
                         "attestationObject", "authenticatorData"]), inner, max_size=8),
    max_leaves=20,
).map(json.dumps)))  # fmt: skip
def test_anything_else_proves_nothing(answer: str):
    with pytest.raises(PasskeyRefused):
        made(answer, SITE, CHALLENGE, "", NOW)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"id": 3}', "x" * 50_000])
def test_anything_else_is_no_passkey_of_anybody(staffed: Staffed, answer: str):
    kept(staffed)
    with pytest.raises(PasskeyRefused):
        use(staffed, answer)


# ---- challenges


class Clock:
    now = NOW

    def __call__(self):
        return self.now


def test_a_challenge_is_good_once_and_for_a_while():
    clock = Clock()
    challenges = Challenges(clock, most=3)
    first = challenges.new("a", "give")
    assert challenges.new("a", "make") != first
    assert challenges.take("a", "give") == first
    for session in ("a", "b"):
        with pytest.raises(PasskeyRefused):
            challenges.take(session, "give")
    challenges.new("a", "give")
    clock.now = NOW + CHALLENGE_LASTS
    with pytest.raises(PasskeyRefused):
        challenges.take("a", "give")
    clock.now = NOW + timedelta(0)
    for session in "pqrst":
        challenges.new(session, "give")
    assert len(challenges) == 3


def test_a_new_challenge_takes_the_place_of_the_old_one():
    challenges = Challenges(Clock())
    challenges.new("a", "give")
    second = challenges.new("a", "give")
    assert challenges.take("a", "give") == second
