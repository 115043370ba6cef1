"""The list of pupils, and the search by name."""

import re

from tests.bot.console.staffed import FAMILY_NAME, Staffed


def named(text: str) -> list[str]:
    return re.findall(rf"(?:{FAMILY_NAME}|Zed), (\w+)</a>", text)


async def test_without_pupils_the_page_says_what_to_do(signed_in):
    leader = signed_in("careers leader")
    text = (await leader.get("/console/pupils")).text
    assert "No pupils yet" in text
    assert "/console/roster" in leader.page.links
    staff = signed_in("careers staff")
    assert "No pupils yet" in (await staff.get("/console/pupils")).text
    assert "/console/roster" not in staff.page.links


async def test_filters_by_year_group_and_need(signed_in, school: Staffed):
    school.pupil("Amira", year=11, group="11A", send="E")
    school.pupil("Bela", year=11, group="11B", pupil_premium=True)
    school.pupil("Cora", year=10, group="10A", send="K")
    school.pupil("Dina", year=14, group="11A")
    school.pupil("Elsewhere", school_id=school.other_school)
    console = signed_in("careers staff")

    async def found(query: str = "") -> list[str]:
        return named((await console.get(f"/console/pupils{query}")).text)

    assert await found() == ["Amira", "Bela", "Cora"]
    assert await found("?year=11") == ["Amira", "Bela"]
    assert await found("?tutor_group=11B") == ["Bela"]
    assert await found("?need=send") == ["Amira", "Cora"]
    assert await found("?need=plan") == ["Amira"]
    assert await found("?need=premium") == ["Bela"]
    assert await found("?leavers=yes") == ["Dina"]
    assert await found("?year=99&need=nonsense&page=x") == ["Amira", "Bela", "Cora"]
    assert await found("?tutor_group=nowhere") == []
    assert "Nobody fits" in (await console.get("/console/pupils?tutor_group=nowhere")).text


async def test_a_name_is_searched_for_without_standing_in_an_address(signed_in, school: Staffed):
    school.pupil("Amira")
    school.pupil("Zoë-Anne", family_name="Zed")
    school.pupil("Old", year=15)
    console = signed_in("careers staff")

    async def found(typed: str, status: int = 200) -> list[str]:
        answer = await console.post("/console/pupils", status, data={"name": typed})
        assert str(answer.url).endswith("/console/pupils")
        return [one for one in ("Amira", "Zoë-Anne", "Old") if f", {one}</a>" in answer.text]

    assert await found("amira quill") == ["Amira"]
    assert await found("QUILL") == ["Amira", "Old"]
    assert await found("anne") == ["Zoë-Anne"]
    assert await found("zoë-a") == ["Zoë-Anne"]
    assert await found("<script>") == []
    assert await found("nobody") == []
    await found("a", 422)
    assert "at least two letters" in (await console.post("/console/pupils", 422)).text


async def test_a_hundred_rows_a_page(signed_in, school: Staffed):
    for number in range(103):
        school.pupil(f"P{number:03}", group="11C")
    console = signed_in("careers staff")
    first = (await console.get("/console/pupils?tutor_group=11C")).text
    assert len(named(first)) == 100
    assert "1 to 100 of 103 pupils" in first
    assert "/console/pupils?tutor_group=11C&page=2" in console.page.links
    second = (await console.get("/console/pupils?tutor_group=11C&page=2")).text
    assert named(second) == ["P100", "P101", "P102"]
    assert named((await console.get("/console/pupils?page=99")).text) == named(second)
