import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bot.identity.codes import (
    ALPHABET,
    LENGTH,
    as_issued,
    issue_codes,
    new_code,
    shown,
    spend_code,
)
from bot.identity.sessions import session_of, start_session
from bot.records.models import SignInCode
from tests.bot.identity.conftest import NOW, Roll


def issue(roll: Roll, *pupils: str, now=NOW) -> dict[str, str]:
    with roll.engine.begin() as connection:
        return issue_codes(connection, roll.sealing, roll.school_id, pupils, now)


def spend(roll: Roll, typed: str, school_id: int | None = None, now=NOW) -> str | None:
    with roll.engine.begin() as connection:
        school = roll.school_id if school_id is None else school_id
        return spend_code(connection, roll.sealing, school, typed, now)


def test_a_code_has_two_groups_of_characters_that_do_not_look_alike():
    for _ in range(200):
        assert re.fullmatch(f"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", new_code())
    assert not set("01OQILUVZ5S8BAEIOU") & set(ALPHABET)
    assert len(set(ALPHABET)) ** LENGTH > 2**43


@given(st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH), st.data())
def test_how_it_is_typed_makes_no_difference(code: str, data: st.DataObject):
    between = st.text(alphabet=" -–.\t\u00a0", max_size=2)
    typed = "".join(data.draw(between) + character for character in code.lower())
    assert as_issued(typed) == as_issued(shown(code)) == as_issued(f" {code}\n".strip()) == code


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_code_or_none(typed: str):
    code = as_issued(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


@pytest.mark.parametrize(
    "typed", ["", "-", "22222-2222", "22222-22222-2", "OOOOO-OOOOO", "2" * 5000]
)
def test_what_can_be_no_code(roll: Roll, typed: str):
    assert as_issued(typed) is None
    assert spend(roll, typed) is None


def test_a_code_opens_its_own_pupil_as_often_as_wanted(roll: Roll):
    codes = issue(roll, roll.ada, roll.ben)
    assert len(set(codes.values())) == 2
    for pupil, code in codes.items():
        assert spend(roll, code) == spend(roll, code.lower().replace("-", " ")) == pupil
    assert spend(roll, new_code()) is None


def test_its_use_is_noted(roll: Roll):
    code = issue(roll, roll.ada)[roll.ada]
    later = NOW + timedelta(days=3)
    spend(roll, code, now=later)
    with roll.engine.begin() as connection:
        row = connection.execute(select(SignInCode.issued_at, SignInCode.last_used_at)).one()
    assert tuple(row) == (NOW, later)


def test_issuing_again_revokes_the_old_one_and_signs_out_who_used_it(roll: Roll):
    old = issue(roll, roll.ada, roll.ben)
    with roll.engine.begin() as connection:
        school = roll.school_id
        by_code = start_session(connection, school, roll.ada, "code", NOW, 14)
        by_account = start_session(connection, school, roll.ada, "google", NOW, 14)
        bens = start_session(connection, school, roll.ben, "code", NOW, 14)
    new = issue(roll, roll.ada, now=NOW + timedelta(minutes=1))
    assert spend(roll, old[roll.ada]) is None
    assert spend(roll, new[roll.ada]) == roll.ada
    assert spend(roll, old[roll.ben]) == roll.ben
    with roll.engine.begin() as connection:
        now = NOW + timedelta(minutes=1)
        assert session_of(connection, by_code, now) is None
        assert session_of(connection, by_account, now) is not None
        assert session_of(connection, bens, now) is not None


def test_another_school_knows_nothing_of_it(roll: Roll):
    code = issue(roll, roll.ada)[roll.ada]
    assert spend(roll, code, roll.other_school_id) is None
    with pytest.raises(IntegrityError):
        issue(roll, roll.cy)
    # The twin in the other school keeps its own code, whatever is issued here.
    with roll.engine.begin() as connection:
        cys = issue_codes(connection, roll.sealing, roll.other_school_id, [roll.cy], NOW)[roll.cy]
    issue(roll, roll.ada, roll.ben)
    assert spend(roll, cys, roll.other_school_id) == roll.cy


def test_another_installation_knows_nothing_of_it(roll: Roll, second_roll: Roll):
    assert spend(second_roll, issue(roll, roll.ada)[roll.ada]) is None


def test_many_pupils_at_once(roll: Roll):
    assert issue(roll) == {}
    with roll.engine.begin() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
                "INSERT INTO pupils (id, school_id, details, year_7_in, created_at, updated_at) "
                "SELECT printf('%032d', i), 1, 'x', 2023, '2026-11-23', '2026-11-23' FROM n"
            )
        )
    pupils = [f"{number:032}" for number in range(1, 1201)]
    first, second = issue(roll, *pupils), issue(roll, *pupils)
    assert len({*first.values(), *second.values()}) == 2400
    assert spend(roll, first[pupils[-1]]) is None
    assert spend(roll, second[pupils[-1]]) == pupils[-1]


def test_no_code_is_in_the_store_in_clear(roll: Roll):
    code = issue(roll, roll.ada)[roll.ada]
    spend(roll, code)
    for form in (code, code.replace("-", ""), code.lower(), "Quillfeather"):
        assert form.encode() not in roll.files()
