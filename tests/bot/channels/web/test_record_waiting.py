"""What came in a file of the school's: asked on My record, in only with a yes."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.records.guidance.imported import FILE, waiting_of
from bot.records.guidance.lines import add_line
from bot.records.guidance.proposals import propose
from tests.bot.channels.web.record_owner import NOW, Owner, signed_in, words

SOURCE = {"file": FILE, "on": "2026-07-17"}


async def proposed(owner: Owner, kind: str = "aspiration", **more: Any) -> str:
    values: dict[str, Any] = {
        "kind": kind,
        "body": {"text": "Be a welder"},
        "source": {**SOURCE, "day": "2024-02-01", "said": "x"},
        "now": NOW,
    }
    return (await owner.write(propose, **{**values, **more})).id


async def test_nothing_is_asked_where_nothing_waits(owner: Owner):
    await proposed(owner, source={"conversation": "a" * 32})
    assert "Is this right?" not in await owner.page()


async def test_it_is_asked_and_enters_with_a_yes(owner: Owner):
    waiting = await proposed(owner)
    page = words(await owner.page())
    assert "Is this right?" in page
    assert "1 February 2024 Be a welder" in page
    assert await owner.lines() == []
    response = await owner.post(f"/record/waiting/{waiting}/yes")
    (line,) = await owner.lines()
    assert response.headers["location"] == f"/record#{line.id}"
    assert line.happened_on == date(2024, 2, 1)
    page = words(await owner.page())
    assert "Is this right?" not in page
    assert "earlier careers records (file of 17 July 2026). You said yes to it." in page
    await owner.post(f"/record/waiting/{waiting}/yes", 404)


async def test_an_action_says_by_when_and_who_helps(owner: Owner):
    due = NOW.date() + timedelta(days=9)
    body = {"text": "Ring the college", "helper": "the tutor"}
    await proposed(owner, "action", body=body, due_on=due)
    page = words(await owner.page())
    assert f"By {due.day} {due:%B %Y}. Who helps: the tutor." in page


async def test_a_no_leaves_nothing_of_it(owner: Owner):
    waiting = await proposed(owner)
    await owner.post(f"/record/waiting/{waiting}/no")
    assert "welder" not in await owner.page()
    assert await owner.lines() == []
    await owner.post(f"/record/waiting/{waiting}/yes", 404)


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_nobody_answers_for_another_pupil(owner: Owner, answer: str):
    waiting = await proposed(owner)
    other = await signed_in(owner.house, owner.client, "Somebody")
    await other.post(f"/record/waiting/{waiting}/{answer}", 404)
    assert [one.id for one in await owner.write(waiting_of)] == [waiting]


async def test_what_waits_out_of_the_chat_is_not_answered_here(owner: Owner):
    waiting = await proposed(owner, source={"conversation": "a" * 32})
    await owner.post(f"/record/waiting/{waiting}/yes", 404)


async def test_an_experience_says_that_it_came_in_a_file(owner: Owner):
    body = {"type": "employer", "where": "Kelp", "did": "Talk", "learnt": "Not said"}
    values = {"provenance": "import", "source": SOURCE, "now": NOW}
    await owner.write(add_line, kind="experience", body=body, **values)
    page = words(await owner.page())
    assert "From your school's earlier careers records (file of 17 July 2026)." in page
    assert "You said yes" not in page
    response = await owner.client.get("/record/download.pdf")
    assert response.status_code == 200
