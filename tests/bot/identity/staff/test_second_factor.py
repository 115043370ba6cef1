"""Codes of the app are taken once and near their time, recovery codes once; only by their owner."""

from datetime import timedelta
from xml.etree import ElementTree

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.staff.second_factor import (
    DRAFT_LASTS,
    RECOVERY_CODES,
    AppDraft,
    draft_app,
    factors_of,
    keep_app,
    new_recovery_codes,
    read_draft,
    step_of,
    use_app_code,
    use_recovery_code,
)
from tests.bot.identity.conftest import NOW, Roll
from tests.bot.identity.staff.conftest import Staffed

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)


def code_at(secret: str, moment) -> str:
    return pyotp.TOTP(secret).at(moment)


@pytest.fixture
def with_app(staffed: Staffed) -> Staffed:
    """Jo has an app; the code of NOW is used up by setting it up."""
    draft = AppDraft(SECRET, "")
    assert keep_app(*staffed.school, staffed.jo.id, draft, code_at(SECRET, NOW), NOW)
    return staffed


def use(staffed: Staffed, typed: str, moment) -> bool:
    return use_app_code(*staffed.school, staffed.jo.id, typed, moment)


def test_a_code_is_taken_once(with_app: Staffed):
    later = NOW + 10 * STEP
    code = code_at(SECRET, later)
    assert use(with_app, code, later)
    assert not use(with_app, code, later)
    assert not use(with_app, code, later + STEP)


def test_the_code_that_set_it_up_is_used_up(with_app: Staffed):
    assert not use(with_app, code_at(SECRET, NOW), NOW)


def test_no_step_before_one_that_was_used(with_app: Staffed):
    later = NOW + 10 * STEP
    assert use(with_app, code_at(SECRET, later + STEP), later)
    assert not use(with_app, code_at(SECRET, later), later)
    assert not use(with_app, code_at(SECRET, later - STEP), later)
    assert use(with_app, code_at(SECRET, later + 2 * STEP), later + STEP)


@pytest.mark.parametrize(
    ("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_step_around(with_app: Staffed, steps: int, taken: bool):
    later = NOW + 10 * STEP
    assert use(with_app, code_at(SECRET, later + steps * STEP), later) is taken


@pytest.mark.parametrize("typed", ["{0} ", " {1}-{2}", "{1} {2}", "{1}.{2}"])
def test_as_people_type_it(with_app: Staffed, typed: str):
    later = NOW + 10 * STEP
    code = code_at(SECRET, later)
    assert use(with_app, typed.format(code, code[:3], code[3:]), later)


def test_fullwidth_digits(with_app: Staffed):
    later = NOW + 10 * STEP
    code = "".join(chr(ord(digit) + 0xFEE0) for digit in code_at(SECRET, later))
    assert use(with_app, code, later)


@given(st.text(max_size=80))
def test_any_text_is_read(typed: str):
    found = step_of(SECRET, typed, NOW)
    present = int(NOW.timestamp()) // 30
    assert found is None or abs(found - present) <= 1


@given(st.integers(0, 4_000_000_000), st.integers(-1, 1))
def test_the_step_that_was_meant(second: int, around: int):
    moment = NOW.fromtimestamp(second + 60, NOW.tzinfo)
    step = int(moment.timestamp()) // 30 + around
    found = step_of(SECRET, pyotp.TOTP(SECRET).generate_otp(step), moment)
    # Two of the three steps may have the same code: then the later one is used up.
    assert found is not None and found >= step


def test_of_somebody_else_and_of_another_school(with_app: Staffed):
    later = NOW + 10 * STEP
    code = code_at(SECRET, later)
    assert not use_app_code(*with_app.school, with_app.kit.id, code, later)
    assert not use_app_code(*with_app.other, with_app.jo.id, code, later)
    assert use(with_app, code, later)


def test_a_wrong_code_keeps_no_app(staffed: Staffed):
    draft = AppDraft(SECRET, "")
    wrong = f"{(int(code_at(SECRET, NOW)) + 1) % 10**6:06}"
    assert not keep_app(*staffed.school, staffed.jo.id, draft, wrong, NOW)
    assert not factors_of(*staffed.school, staffed.jo.id).any


def test_a_draft_is_for_one_person_and_half_an_hour(staffed: Staffed):
    draft = draft_app(staffed.sealing, staffed.jo.id, NOW)
    assert draft.secret not in draft.sealed

    def read(staff_id: str, moment) -> AppDraft | None:
        return read_draft(staffed.sealing, draft.sealed, staff_id, moment)

    assert read(staffed.jo.id, NOW + DRAFT_LASTS - timedelta(seconds=1)) == draft
    assert read(staffed.jo.id, NOW + DRAFT_LASTS) is None
    assert read(staffed.kit.id, NOW) is None
    assert read_draft(staffed.sealing, draft.sealed[:-4], staffed.jo.id, NOW) is None
    other = staffed.sealing.seal({"secret": SECRET})
    assert read_draft(staffed.sealing, other, staffed.jo.id, NOW) is None
    assert draft_app(staffed.sealing, staffed.jo.id, NOW).secret != draft.secret


def test_the_picture_is_an_svg_without_style_or_script(staffed: Staffed):
    draft = draft_app(staffed.sealing, staffed.jo.id, NOW)
    assert draft.address("jo@school.example", "Signpost, School").startswith("otpauth://totp/")
    picture = draft.picture("jo@school.example", "Signpost, School & <b>")
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    assert "style" not in picture and "script" not in picture
    assert draft.spaced.replace(" ", "") == draft.secret


# ---- recovery codes


def test_each_recovery_code_once(staffed: Staffed):
    codes = new_recovery_codes(*staffed.school, staffed.jo.id)
    assert len(set(codes)) == RECOVERY_CODES == 10
    for left, code in zip(range(9, -1, -1), codes, strict=True):
        assert use_recovery_code(*staffed.school, staffed.jo.id, code.lower(), NOW)
        assert not use_recovery_code(*staffed.school, staffed.jo.id, code, NOW)
        assert factors_of(*staffed.school, staffed.jo.id).recovery_codes == left


def test_new_codes_void_the_old_ones(staffed: Staffed):
    old = new_recovery_codes(*staffed.school, staffed.jo.id)
    new = new_recovery_codes(*staffed.school, staffed.jo.id)
    assert not any(use_recovery_code(*staffed.school, staffed.jo.id, one, NOW) for one in old)
    assert use_recovery_code(*staffed.school, staffed.jo.id, new[0], NOW)


def test_somebody_elses_codes(staffed: Staffed):
    code = new_recovery_codes(*staffed.school, staffed.jo.id)[0]
    assert not use_recovery_code(*staffed.school, staffed.kit.id, code, NOW)
    assert not use_recovery_code(*staffed.other, staffed.jo.id, code, NOW)
    assert use_recovery_code(*staffed.school, staffed.jo.id, code, NOW)


def test_recovery_codes_alone_are_no_second_factor(staffed: Staffed):
    new_recovery_codes(*staffed.school, staffed.jo.id)
    assert not factors_of(*staffed.school, staffed.jo.id).any


def test_nothing_of_it_is_in_clear_in_the_store(roll: Roll, staffed: Staffed):
    draft = AppDraft(SECRET, "")
    keep_app(*staffed.school, staffed.jo.id, draft, code_at(SECRET, NOW), NOW)
    codes = new_recovery_codes(*staffed.school, staffed.jo.id)
    staffed.connection.commit()
    held = roll.files()
    for secret in (SECRET, *codes, *(code.replace("-", "") for code in codes)):
        assert secret.encode() not in held and secret.lower().encode() not in held
