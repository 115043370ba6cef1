"""What the service told, with figures and facts as they were on that day."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.gateway.record_talk.talk import RecordTalk
from bot.records.entries import add_reply, admit
from bot.records.guidance.lines import lines_of
from bot.records.sign_in import join_conversation
from knowledge.answers import Answers
from knowledge.facts import Facts
from knowledge.wording import Wording
from tests.bot.gateway.record_talk.conftest import Chatting, House, engine_says
from tests.bot.records.guidance.conftest import SEALING
from tests.bot.support import LIBRARY

LAST_OLD, FIRST_NEW = datetime(2027, 3, 31, 12, tzinfo=UTC), datetime(2027, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def talk(tmp_path: Path) -> RecordTalk:
    """With a fact that changes from one day to the next."""
    shutil.copytree(LIBRARY, tmp_path / "library")
    file = tmp_path / "library" / "facts" / "facts.yml"
    wage, other = file.read_text().split("- id: last_day")
    new = wage.replace("8.00", "8.60").replace("valid_from: 2020-04-01", "valid_from: 2027-04-01")
    old = wage.replace("  publisher", "  valid_to: 2027-03-31\n  publisher")
    file.write_text(f"{old}{new}- id: last_day{other}")
    facts = Facts.load(tmp_path / "library" / "facts")
    answers = Answers.load(tmp_path / "library" / "answers", facts)
    return RecordTalk(SEALING, answers, Wording.load(), "")


def asked_as_guest(house: House, *moments: datetime) -> Chatting:
    chat = house.chat(guest=True, now=moments[0])
    for moment in moments:
        with house.engine.begin() as c:
            text = "what happens to our benefits"
            sent = admit(c, SEALING, chat.id, f"{moment}", text=text, payload=None, now=moment)
            messages = [engine_says(answer="benefits")]
            meta = {"answers": ["benefits"]}
            seq = sent.entry.seq
            add_reply(
                c, SEALING, chat.id, in_reply_to=seq, messages=messages, meta=meta, now=moment
            )
    return chat


def told(house: House, talk: RecordTalk, *moments: datetime, so_far: bool = True) -> list:
    """What the record holds once a guest, told the same at these moments, has signed in."""
    chat = asked_as_guest(house, *moments)
    later, pupil = moments[-1] + timedelta(days=300), house.pupils[0]
    for _ in range(2):
        with house.engine.begin() as c:
            owner = talk.join(c, house.schools[0], pupil, chat.id, later, so_far=so_far)
    assert owner.pupil_id == pupil
    with house.engine.begin() as c:
        return lines_of(c, SEALING, house.schools[0], pupil)


def test_a_fact_has_the_value_of_the_day_on_which_it_was_told(house: House, talk: RecordTalk):
    new, old = told(house, talk, LAST_OLD, LAST_OLD + timedelta(hours=1), FIRST_NEW)
    assert (old.happened_on, new.happened_on) == (LAST_OLD.date(), FIRST_NEW.date())
    coming = "£8.00 an hour (from 1 April 2027 it will be £8.60 an hour)"
    assert [(one.id, one.value) for one in old.body.facts] == [("wage", coming)]
    assert [(one.id, one.value) for one in new.body.facts] == [("wage", "£8.60 an hour")]
    assert old.body.title == "Benefits and apprenticeships"


def test_a_no_brings_nothing(house: House, talk: RecordTalk):
    assert told(house, talk, LAST_OLD, so_far=False) == []


def test_not_into_another_pupils_record(house: House, talk: RecordTalk):
    chat = asked_as_guest(house, LAST_OLD)
    with house.engine.begin() as c:
        join_conversation(c, house.schools[0], house.pupils[0], chat.id, chat.now, so_far=False)
        other = talk.join(c, house.schools[1], house.pupils[1], chat.id, chat.now, so_far=True)
        assert other is None
        for school, pupil in zip(house.schools, house.pupils, strict=True):
            assert lines_of(c, SEALING, school, pupil) == []
