"""Requests to the record are found in pupils' spelling, and questions to the service are not."""

from datetime import date

import pytest

from tests.bot.gateway.record_talk.conftest import TALK
from tests.bot.gateway.record_talk.test_saying import ORDINARY, SAID

TODAY = date(2026, 11, 23)
ASKED = {
    "list": """what did i say id do|what did i say i'd do?|wat did i sed i would do|my record|
        show me my record|can i see my record|what was i supposed to do|what was i meant to do|
        remind me what i said id do|my actions|what have i got left to do|whats on my list|
        open my record please|what did i say i was gonna do|what do i still have to do""",
    "done": """ive done it|i did it|done that|ive done the second one|done the 1st one|
        i have finished the first one|finished it today|ive already done the last one|
        did the cv one|
        ok ive done it now|mark the first one as done|ive done number 2|i done it""",
    "drop": """not doing that anymore|im not doing that any more|im not gonna do it anymore|
        i dont want to do that anymore|drop the second one|forget about the first one|
        im not going to do the cv one|changed my mind about that|not doing the college one now""",
    "add": """add my work experience at the vets|can you add my work experiance|
        put my college visit in my record|add my work placement at tesco|log my volunteering|
        i want to add a careers fair|note down my mock interview|save my first aid course""",
    "put": """add that i want to be a vet to my record|
        put in my record that im gonna apply to college|
        add to my record that ive decided on t levels""",
    "change": """change that|chnage that|can you change it|edit that please|
        change the last thing i added""",
    "remove": """delete that|delte it|please remove that|take that off|get rid of that|
        delete the last thing in my record""",
    "take": """download my record|can i have a copy of my data|export everything you know about me|
        print my record|send me everything u have on me please|how can i download my data""",
    "erase": """delete my record|delete everything|please delete all my data|
        can you delete everything you have about me|get rid of all of it|how do i delete my record?|
        remove my record forever""",
    "who": """who can see this|who can see my record|who can see what i say|
        who has looked at my record|
        who looked at this|can my teachers see this|can my mum see my record|
        who else can read this""",
}  # fmt: skip


@pytest.mark.parametrize(
    ("do", "text"),
    [(do, text.strip()) for do, texts in ASKED.items() for text in texts.split("|")],
)
def test_requests_are_found(do, text):
    found = TALK.asking.read(text, TODAY)
    assert found is not None
    assert found.do == do


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        ("add my work experience at the vets", "workplace", "The vets"),
        ("add my work experience with Dad's firm", "workplace", "Dads firm"),
        ("put my college open day in my record", "visit", None),
        ("add my work placement at Tesco to my record", "workplace", "Tesco"),
    ],
)
def test_an_experience_and_its_place(text, kind, where):
    found = TALK.asking.read(text, TODAY)
    assert (found.what, found.where) == (kind, where)


def test_no_ordinary_message_is_a_request():
    lines = [*ORDINARY, *(text for _, text in SAID)]
    assert [text for text in lines if TALK.asking.read(text, TODAY) is not None] == []


@pytest.mark.parametrize(
    "text",
    ["add up my ucas points", "what did you say", "is it done on a computer", "i did maths",
     "change my options", "what can i do", "put it in years", "what did nurses do in the war",
     "who can be a vet", "who can help me", "drop out of college",
     "how do i get into data science", "can i delete a gcse", "do vets keep records",
     "what data do they hold", "get me everything on vets"],
)  # fmt: skip
def test_near_misses(text):
    found = TALK.asking.read(text, TODAY)
    assert found is None
