import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.identity.roster import applying
from bot.identity.roster.applying import choices_of
from bot.identity.roster.columns import ALWAYS, DEFAULT, Refused
from bot.records.models import SchoolSetting
from bot.records.pupils import leave_pupil
from bot.records.settings import set_setting
from tests.bot.identity.roster.conftest import Office
from tests.bot.identity.roster.exports import ALL, TODAY, export, person, upn


def test_nothing_is_written_before_it_is_said(office: Office):
    office.show(export([person(1)]))
    assert office.pupils() == []
    with office.engine.begin() as connection:
        assert connection.execute(select(SchoolSetting)).all() == []


@pytest.mark.parametrize("breaks", ["add_pupils", "keep_choices"])
def test_all_or_nothing(office: Office, monkeypatch: pytest.MonkeyPatch, breaks: str):
    office.bring_in(person(1), person(2), person(3))
    office.bring_in(person(2), person(3))
    before = office.pupils()
    changes = [person(1), person(2, form="9C"), person(4)]
    shown = office.show(export(changes), held=ALL - {"send"}, typed={"reg": "tutor_group"})
    plan = shown.plan
    assert all((plan.adds, plan.changes, plan.returns, plan.leavers, plan.emptied))

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(applying, breaks, fail)
        with pytest.raises(RuntimeError):
            office.write(shown)
    assert office.pupils() == before
    with office.engine.begin() as connection:
        assert choices_of(connection, office.ours).held == ALL
    office.write(shown)
    assert len(office.pupils()) == 4


def test_a_plan_that_is_out_of_date_is_not_written(office: Office):
    office.bring_in(person(1))
    for again in (export([person(1), person(2)]), export([person(1, form="9C")])):
        shown = office.show(again)
        office.now += timedelta(seconds=1)
        pupil = office.pupils()[0]
        with office.engine.begin() as connection:
            leave_pupil(connection, office.sealing, office.ours, pupil.id, TODAY, office.now)
        with pytest.raises(Refused) as caught:
            office.write(shown)
        assert caught.value.reason == "changed"
        assert len(office.pupils()) == 1
        office.bring_in(person(1))


def test_choices_are_remembered_for_one_school(office: Office):
    held = frozenset(ALWAYS | {"upn", "eal"})
    with office.engine.begin() as connection:
        assert choices_of(connection, office.ours).held == DEFAULT
    content = export([person(1)]).replace(b"Reg,", b"House of learning,")
    office.write(office.show(content, held=held, typed={"house of learning": "tutor_group"}))
    with office.engine.begin() as connection:
        found = choices_of(connection, office.ours)
        assert found.held == held
        assert found.headings == {"house of learning": "tutor_group"}
        assert choices_of(connection, office.theirs).held == DEFAULT
    shown = office.show(content, held=None)
    assert shown.choices == found
    assert dict(shown.columns.read_as())["House of learning"] == "tutor_group"


def test_choices_of_a_later_version_are_passed_over(office: Office):
    value = {"held": ["upn", "shoe_size"], "headings": {"shoe": "shoe_size", "house": ""}}
    with office.engine.begin() as connection:
        set_setting(connection, office.ours, "roster", value, office.now)
        found = choices_of(connection, office.ours)
    assert (found.held, found.headings) == (ALWAYS | {"upn"}, {"house": ""})


def test_no_name_of_a_roster_lies_open_in_the_file(office: Office):
    office.bring_in(person(1, family="Zebracrossing", send="K"), person(2))
    office.bring_in(person(2))
    path = Path(office.url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes().lower()
    for word in ("zebracrossing", "testyb", upn(1).lower(), "school.example", "2013-03-14"):
        assert word.encode() not in content


def test_five_thousand_rows_in_a_few_seconds(office: Office):
    people = [person(n, email=f"p{n}@school.example") for n in range(1, 5001)]
    content = export(people)
    began = time.monotonic()
    shown = office.show(content)
    office.write(shown)
    assert len(shown.plan.adds) == 5000
    moved = export([one | {"form": "9C"} for one in people[:4800]])
    shown = office.show(moved)
    office.write(shown)
    assert (len(shown.plan.changes), len(shown.plan.leavers)) == (4800, 200)
    took = time.monotonic() - began
    assert took < 20, f"{took:.1f} s for two rosters of 5,000"
