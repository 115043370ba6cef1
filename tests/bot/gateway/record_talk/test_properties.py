"""Whatever is said and pressed, in whatever order: no line without the pupil's yes."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.records.guidance.lines import CONFIRMED_KINDS, lines_of
from tests.bot.gateway.record_talk.conftest import TALK, Chatting, House
from tests.bot.records.guidance.conftest import NOW, SEALING, bare_store

TEXTS = (
    "i'll look at the electrician apprenticeship before friday",
    "im gonna apply for college. what grades do i need?",
    "ive decided on t levels",
    "i want to be a vet",
    "add that i want to be a vet to my record",
    "what does a vet earn",
    "yes", "no", "change it", "skip", "stop", "delete that", "change that",
    "my record", "ive done it", "done the first one", "not doing that anymore",
    "add my work experience at the vets", "who can see this", "ask my aunt",
)  # fmt: skip
YES = TALK.reading.wording.pattern("record_talk.reply_yes")

steps = st.lists(
    st.tuples(st.integers(0, 1), st.one_of(st.sampled_from(TEXTS), st.integers(0, 30))),
    min_size=1,
    max_size=25,
)


class Watched:
    """A chat of which every yes is noted."""

    def __init__(self, chat: Chatting) -> None:
        self.chat = chat
        self.buttons: list[str] = []
        self.agreed: set[str] = set()

    def step(self, what: str | int) -> None:
        if isinstance(what, str):
            with self.chat.engine.begin() as c:
                found = TALK.situation(c, self.chat.id, now=self.chat.now, idle_minutes=120)
            if found is not None and YES.search(what) and "offered" in found.note:
                self.agreed.add(found.note["offered"])
            self.chat.say(what)
        elif self.buttons:
            payload = self.buttons[-1 - what % len(self.buttons)]
            if '"confirm"' in payload:
                self.agreed.add(payload.split('"id": "')[1][:32])
            self.chat.say(payload=payload)
        for message in self.chat.said:
            self.buttons += [one["payload"] for one in message["buttons"]]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_nothing_without_a_yes_and_nothing_twice(todo):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        engine, *found = bare_store(f"sqlite:///{path}")
        house = House(path, engine, (found[0], found[1]), (found[2], found[3]))
        chats = [Watched(house.chat()), Watched(house.chat())]
        for which, what in todo:
            chats[which].step(what)
        agreed = chats[0].agreed | chats[1].agreed
        lines = chats[0].chat.lines()
        theirs = [line for line in lines if line.kind in CONFIRMED_KINDS]
        assert all(line.source["proposal"] in agreed for line in theirs)
        assert len({line.source["proposal"] for line in theirs}) == len(theirs)
        open_now = [(x.kind, x.body.text) for x in theirs if x.status in ("open", "standing")]
        unchanged = [x for x in theirs if x.status in ("open", "standing") and not x.corrected]
        assert len({(x.kind, x.body.text) for x in unchanged}) == len(unchanged), open_now
        with engine.begin() as c:
            assert lines_of(c, SEALING, house.schools[1], house.pupils[1]) == []
        engine.dispose()


def test_another_schools_buttons_do_nothing(tmp_path):
    engine, *found = bare_store(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    house = House(tmp_path, engine, (found[0], found[1]), (found[2], found[3]))
    one, two = house.chat(0), house.chat(1)
    one.say("ive decided on t levels")
    payload = one.said[0]["buttons"][0]["payload"]
    with engine.begin() as c:
        situation = TALK.situation(c, two.id, now=two.now, idle_minutes=120)
        assert situation is not None
        told = TALK.answer(c, situation, two.id, 1, text=None, payload=payload, now=NOW)
    assert told is not None
    assert "too old" in told.messages[0]["text"]
    assert one.lines() == two.lines() == []
    one.press("Yes")
    assert (len(one.lines()), two.lines()) == (1, [])
    engine.dispose()
