"""Whose a conversation is; codes and sessions are tested with bot.identity."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from bot.records import entries
from bot.records.conversations import delete_conversation
from bot.records.models import ConversationOwner
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.sign_in import OwnerRow, join_conversation, owner_of
from tests.bot.records.conftest import ID, NOW, SEALING, Shelf


def pupil(connection: Connection, school_id: int) -> str:
    return add_pupil(
        connection, SEALING, school_id, PupilDetails("Ada", "Quillfeather"), 2023, "10A", NOW
    )


def say(connection: Connection, number: int) -> None:
    entries.admit(connection, SEALING, ID, f"m{number}", text="hello", payload=None, now=NOW)


def test_a_guests_conversation_is_nobodys(shelf: Shelf):
    with shelf.engine.begin() as connection:
        pupil(connection, shelf.school_id)
        assert owner_of(connection, shelf.school_id, ID) is None


@pytest.mark.parametrize(
    ("lines", "so_far", "from_seq"), [(0, False, 1), (3, False, 4), (3, True, 1)]
)
def test_all_of_it_or_what_comes_from_now_on(shelf: Shelf, lines: int, so_far: bool, from_seq: int):
    with shelf.engine.begin() as connection:
        ada = pupil(connection, shelf.school_id)
        for number in range(lines):
            say(connection, number)
        school = shelf.school_id
        found = join_conversation(connection, school, ada, ID, NOW, so_far=so_far)
        say(connection, 9)
        assert found == owner_of(connection, school, ID) == OwnerRow(ada, from_seq, NOW)


def test_whose_it_is_does_not_change(shelf: Shelf):
    with shelf.engine.begin() as connection:
        ada, ben = pupil(connection, shelf.school_id), pupil(connection, shelf.school_id)
        first = join_conversation(connection, shelf.school_id, ada, ID, NOW, so_far=False)
        later = NOW + timedelta(hours=1)
        for one in (ada, ben):
            again = join_conversation(connection, shelf.school_id, one, ID, later, so_far=True)
            assert again == first


def test_another_school_sees_and_joins_nothing(shelf: Shelf):
    with shelf.engine.begin() as connection:
        other = keep_school(connection, "other", "Other", NOW)
        theirs = pupil(connection, other)
        assert join_conversation(connection, other, theirs, ID, NOW, so_far=True) is None
        assert join_conversation(connection, other, theirs, "e" * 32, NOW, so_far=True) is None
        ada = pupil(connection, shelf.school_id)
        join_conversation(connection, shelf.school_id, ada, ID, NOW, so_far=True)
        assert owner_of(connection, other, ID) is None


def test_a_pupil_of_another_school_cannot_own_it(shelf: Shelf):
    with shelf.engine.begin() as connection:
        theirs = pupil(connection, keep_school(connection, "other", "Other", NOW))
    with pytest.raises(IntegrityError), shelf.engine.begin() as connection:
        join_conversation(connection, shelf.school_id, theirs, ID, NOW, so_far=True)


def test_it_goes_with_the_conversation(shelf: Shelf):
    with shelf.engine.begin() as connection:
        ada = pupil(connection, shelf.school_id)
        join_conversation(connection, shelf.school_id, ada, ID, NOW, so_far=True)
        delete_conversation(connection, ID, NOW)
        assert connection.execute(select(ConversationOwner.pupil_id)).all() == []
