"""My record: lines added by hand, one taken out, where the pupil plans to go."""

from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from bot.channels.web.house import House
from bot.channels.web.record.adding import ADDED
from bot.channels.web.record.forms import FORMS
from bot.records.guidance.destinations import INTENDED, add_destination, destinations_of
from bot.records.guidance.labels import labels
from bot.records.guidance.lines import correct_line, day_in_england
from tests.bot.channels.web.record_owner import NOW, Owner, signed_in, words
from tests.bot.records.guidance.conftest import BODIES

TODAY = day_in_england(NOW)


def fields(kind: str) -> dict[str, str]:
    return {name: BODIES[kind].get(name, "") for name, _, _ in FORMS[kind]}


# ---- adding


@pytest.mark.parametrize("kind", ADDED)
async def test_a_line_by_the_pupils_own_hand(owner: Owner, kind: str):
    assert f'href="/record/add/{kind}"' in await owner.page()
    form = await owner.page(f"/record/add/{kind}")
    for name, _, _ in FORMS[kind]:
        assert f'<label for="{name}">' in form
    response = await owner.post(f"/record/add/{kind}", **fields(kind))
    (line,) = await owner.lines()
    assert response.headers["location"] == f"/record#{line.id}"
    assert (line.kind, line.provenance, line.happened_on) == (kind, "pupil", TODAY)
    assert line.confirmed_at is not None
    assert line.body.fields() == {
        name: value for name, value in BODIES[kind].items() if name != "soc2020"
    }
    assert "You added this." in await owner.page()


@pytest.mark.parametrize("kind", ["advice", "information", "decision", "nonsense"])
async def test_other_kinds_are_not_added_by_hand(owner: Owner, kind: str):
    await owner.page(f"/record/add/{kind}", 404)
    await owner.post(f"/record/add/{kind}", 404, text="x")
    assert await owner.lines() == []


async def test_days(owner: Owner):
    soon, before = TODAY + timedelta(days=9), TODAY - timedelta(days=9)
    await owner.post("/record/add/action", **fields("action"), day=soon.isoformat())
    await owner.post("/record/add/experience", **fields("experience"), day=before.isoformat())
    action, experience = sorted(await owner.lines(), key=lambda line: line.kind)
    assert (action.due_on, action.happened_on) == (soon, TODAY)
    assert experience.happened_on == before


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("experience", {"where": ""}, "Where it was</a>: fill this in."),
        ("experience", {"type": ""}, "What kind of experience</a>: choose one"),
        ("experience", {"type": "zoo"}, "What kind of experience</a>: choose one"),
        ("experience", {"did": "x" * 2001}, "What you did</a>: make this shorter."),
        ("experience", {"day": "soon"}, "The day it was</a>: this is not a date."),
        ("experience", {"day": "0026-05-01"}, "this is not a date."),
        (
            "experience",
            {"day": (TODAY + timedelta(days=2)).isoformat()},
            "The day it was</a>: this day is still to come.",
        ),
        (
            "action",
            {"day": (TODAY - timedelta(days=2)).isoformat()},
            "Do it by</a>: this day is over.",
        ),
        ("action", {"text": "  "}, "What you will do</a>: fill this in."),
        ("skill", {"evidence": ""}, "What shows it</a>: fill this in."),
        ("barrier", {"text": ""}, "What makes it harder</a>: fill this in."),
    ],
)
async def test_a_mistake_is_said_and_what_was_typed_kept(
    owner: Owner, kind: str, changed: dict[str, str], said: str
):
    given = {**fields(kind), **changed}
    response = await owner.post(f"/record/add/{kind}", 422, **given)
    assert said in response.text
    assert response.text.count('aria-invalid="true"') == 1
    for name, value in given.items():
        if name not in changed and name != "type":
            assert value in unescape(response.text)
    if "type" in given and "type" not in changed:
        assert f'<option value="{given["type"]}" selected>' in response.text
    assert await owner.lines() == []


async def test_the_longest_texts_in_any_script_are_read(owner: Owner):
    long = "\N{GRINNING FACE}" * 2000
    given = {**fields("experience"), "did": long, "learnt": long, "reflection": long}
    await owner.post("/record/add/experience", **given)
    (line,) = await owner.lines()
    assert line.body.reflection == long


async def test_what_is_typed_is_no_markup(owner: Owner):
    response = await owner.post(
        "/record/add/skill", 422, name='"><script>alert(1)</script>', evidence=""
    )
    assert "<script" not in response.text


# ---- taking one line out


async def test_asked_once_more_before_a_line_goes(owner: Owner):
    line, other = await owner.line("skill"), await owner.line("note")
    await owner.write(correct_line, line.id, {"name": "Calm", "evidence": "x"}, NOW)
    path = f"/record/lines/{line.id}/delete"
    assert f'href="{path}"' in await owner.page()
    asked = words(await owner.page(path))
    assert "Delete this line?" in asked
    assert "Calm" in asked
    assert len(await owner.lines()) == 2
    await owner.post(path)
    assert await owner.lines() == [other]
    await owner.post(path, 404)


async def test_what_others_wrote_is_not_deleted_by_itself(owner: Owner):
    advice = await owner.line("advice")
    staff = await owner.line("note", provenance="staff")
    page = await owner.page()
    for line in (advice, staff):
        path = f"/record/lines/{line.id}/delete"
        assert path not in page
        await owner.page(path, 404)
        await owner.post(path, 404)
    assert len(await owner.lines()) == 2


async def test_a_line_at_another_school_is_not_there(
    house_and_client: tuple[House, httpx.AsyncClient],
):
    house, client = house_and_client
    owner = await signed_in(house, client)
    line = await owner.line("note")
    other = await signed_in(house, client, "Somebody", school="other")
    # A session of another school opens nothing here, and a line of one's own only.
    response = await other.client.get(f"/record/lines/{line.id}/delete")
    assert response.headers["location"] == "/sign-in"
    there = await other.line("note")
    await owner.sign_in()
    for method in ("GET", "POST"):
        for end in ("delete", "correct", "dispute"):
            path = f"/record/lines/{there.id}/{end}"
            body: dict[str, Any] = {"data": {"text": "x"}} if method == "POST" else {}
            assert (await client.request(method, path, **body)).status_code == 404
    assert await other.lines() == [there]


# ---- where the pupil plans to go


async def test_where_the_pupil_plans_to_go(owner: Owner):
    form = await owner.page("/record/destination")
    for category in INTENDED:
        told = labels()["destinations"][category]
        assert f'value="{category}"' in form
        assert told["label"] in form
        assert told["hint"] in unescape(form)
    response = await owner.post(
        "/record/destination", category="apprenticeship", place="Vets4All", course=""
    )
    assert response.headers["location"] == "/record#plan"
    (found,) = await owner.write(destinations_of)
    assert (found.kind, found.category, found.reported_by) == (
        "intended",
        "apprenticeship",
        "pupil",
    )
    assert found.year_group == 10
    assert found.details.fields() == {"place": "Vets4All"}
    assert "Apprenticeship , Vets4All" in words(await owner.page())
    again = await owner.page("/record/destination")
    assert 'value="apprenticeship" checked' in again
    assert 'value="Vets4All"' in again
    await owner.post("/record/destination", category="undecided")
    assert len(await owner.write(destinations_of)) == 2


@pytest.mark.parametrize("category", ["", "unknown", "not in education or work", "nonsense"])
async def test_a_place_is_of_a_category(owner: Owner, category: str):
    response = await owner.post("/record/destination", 422, category=category, place="Vets4All")
    assert "choose one from the list" in response.text
    assert "Vets4All" in response.text
    assert await owner.write(destinations_of) == []


async def test_one_that_staff_noted_is_shown(owner: Owner):
    await owner.write(
        add_destination,
        kind="intended",
        category="employment",
        details={},
        year_group=10,
        reported_by="staff",
        reported_on=TODAY,
        now=NOW,
    )
    assert 'value="employment" checked' in await owner.page("/record/destination")


def test_every_kind_category_and_experience_has_words():
    from bot.records.guidance.bodies import ENCOUNTERS
    from bot.records.guidance.destinations import ACTUAL
    from bot.records.guidance.lines import KINDS

    assert set(labels()["kinds"]) == set(KINDS)
    assert set(labels()["encounters"]) == set(ENCOUNTERS)
    assert set(labels()["destinations"]) == {*INTENDED, *ACTUAL}
