"""Every mail about signing in fills, says whom it is for, and carries a link only where it must."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.advisers.mail.letters import keys
from bot.console.sign_in import mails
from bot.console.sign_in.devices import device_name
from bot.records.models import Mail
from bot.records.staff import StaffDetails, change_staff
from tests.bot.console.staffed import Staffed, now

KINDS = [key.partition(".")[2] for key in keys() if key.startswith("sign_in.")]
WITH_LINK = {"invited", "begin_again"}
LINK = "https://careers.school.example/console/join/token"


def put(school: Staffed, kind: str, row) -> None:
    how = {"school": "Test School"}
    with school.engine.begin() as connection:
        whose = (connection, school.sealing, row, kind, now())
        if kind in WITH_LINK:
            mails.put_link(*whose, **how, link=LINK, until=now() + timedelta(days=7))
        else:
            mails.put(*whose, **how, device="Firefox on Windows")


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail(school: Staffed, kind: str):
    row = school.staff("adviser", name="Jo {Marsh}")
    put(school, kind, row)
    (mail,) = [school.sealing.open(one.message) for one in school.rows(Mail)]
    assert mail["to"] == row.details.email
    assert mail["subject"] and "Jo" not in mail["subject"]
    assert "Hello Jo {Marsh}," in mail["text"] and "Test School" in mail["text"]
    assert (LINK in mail["text"]) == (kind in WITH_LINK)
    assert max(map(len, mail["text"].splitlines())) <= 110


def test_an_address_that_cannot_be_mailed_keeps_nobody_out(school: Staffed):
    row = school.staff("adviser")
    details = StaffDetails("Jo", "not an address")
    school.run(change_staff, row.id, details, level=None, register_expires=None)
    put(school, "new_device", replace(row, details=details))
    assert school.rows(Mail) == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140 Safari/537.36 Edg/140",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140 Safari/537.36", "Chrome on Chromebook"),
        ("curl/8.0", "A browser that did not say what it is"),
        ("", "A browser that did not say what it is"),
        ("<script>alert(1)</script> Firefox/1", "Firefox"),
    ],
)
def test_what_a_device_is_called(agent: str, name: str):
    assert device_name(agent) == name
