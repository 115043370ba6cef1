"""The certificate of a deletion names what was deleted in words, whatever table it was in."""

from dataclasses import replace

import httpx

from bot.channels.web.house import House
from bot.records.guidance.erasure import erase_pupil
from bot.records.guidance.lines import day_in_england
from tests.bot.channels.web.record_owner import Owner


async def test_each_table_has_words(
    house_and_client: tuple[House, httpx.AsyncClient], owner: Owner
):
    house, _ = house_and_client
    now = house.gateway.desk.clock()
    erased = await house.store.write(erase_pupil, house.school_id, owner.pupil, now)
    assert erased is not None
    every = dict.fromkeys(erased.certificate.counts, 1)
    assert len(every) > 10
    html = house.pages.get_template("record_certificate.html").render(
        school={"name": "Test School"},
        certificate=replace(erased.certificate, counts=every),
        deleted_on=day_in_england(now),
    )
    assert html.count('<th scope="row">') == len(every)
    assert '<th scope="row"></th>' not in html
