"""Plain words, ranking by titles, regions, credits and the probe."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lmi.service.cli import probe
from lmi.service.credits import credit, credit_line
from lmi.service.no_data import NoData, Reason
from lmi.service.plain_text import right_way_round, task_list, without_html, without_nec
from lmi.service.regions import Region, region_coded, region_named
from lmi.service.rerank import score
from lmi.service.results import SocEntry
from tests.lmi_twin import Mode, Twin


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Cares for <b>animals</b>.</p>", "Cares for animals."),
        ("one<br/>two<li>three", "one two three"),
        ("R&amp;D &lt;lab&gt;", "R&D <lab>"),
        ("<script>alert(1)</script><style>p {}</style>safe", "safe"),
        ("fewer than 5 < 6 people", "fewer than 5 < 6 people"),
        ("a  \n b", "a b"),
        ("", ""),
        ("<<<", "<<<"),
    ],
)
def test_without_html(text: str, plain: str) -> None:
    assert without_html(text) == plain


@given(st.text(max_size=60))
def test_without_html_takes_anything(text: str) -> None:
    assert "  " not in without_html(text)


@pytest.mark.parametrize(
    ("title", "plain", "leftover"),
    [
        ("Managers in other services n.e.c.", "Managers in other services", True),
        ("Process operatives, n.e.c.", "Process operatives", True),
        ("Teaching professionals N.E.C.", "Teaching professionals", True),
        ("Sales occupations (n.e.c.)", "Sales occupations", True),
        ("Connectors", "Connectors", False),
        ("NEC technicians", "NEC technicians", False),
    ],
)
def test_without_nec(title: str, plain: str, leftover: bool) -> None:
    assert without_nec(title) == (plain, leftover)


def test_task_list() -> None:
    assert task_list(" sorts <i>books</i>;\n lends them;\n repairs old ones.") == (
        "sorts books",
        "lends them",
        "repairs old ones",
    )
    assert task_list(" ; ") == ()


@pytest.mark.parametrize(
    ("inverted", "spoken"),
    [
        ("Assistant, library", "library assistant"),
        ("Assistant, clerical (library)", "clerical Assistant"),
        ("Driver, bus, mini", "mini bus Driver"),
        ("Vet", "Vet"),
    ],
)
def test_right_way_round(inverted: str, spoken: str) -> None:
    assert right_way_round(inverted).casefold() == spoken.casefold()


def entry(title: str, *job_titles: str) -> SocEntry:
    return SocEntry("1234", title, False, "", "", (), job_titles)


def test_score_orders_what_matches() -> None:
    same = score("library assistant", entry("Clerks", "Assistant, library"))
    own = score("library", entry("Library clerks and assistants"))
    job = score("library", entry("Clerks", "Assistant, library"))
    kin = score("library", entry("Clerks", "Superior librarian, branch"))
    brackets = score("library", entry("Cleaners", "Cleaner (library)"))
    nothing = score("library", entry("Cleaners", "Maid, house"))
    assert 1.0 == same > own > job > kin > brackets > nothing == 0.0


@given(st.text(max_size=20), st.text(max_size=30), st.lists(st.text(max_size=20), max_size=4))
def test_score_is_between_0_and_1(query: str, title: str, job_titles: list[str]) -> None:
    assert 0 <= score(query, entry(title, *job_titles)) <= 1


def test_regions() -> None:
    assert [region.value for region in Region] == list(range(1, 13))
    assert Region.YORKSHIRE_AND_THE_HUMBER.title == "Yorkshire and the Humber"
    assert Region.EAST_OF_ENGLAND.title == "East of England"
    assert region_named("North East (England)") is Region.NORTH_EAST
    assert region_named(" yorkshire AND the humber ") is Region.YORKSHIRE_AND_THE_HUMBER
    assert region_named("12") is Region.NORTHERN_IRELAND
    assert region_named("Leeds") is None
    assert region_coded(None) is None
    assert region_coded(13) is None


def test_credits() -> None:
    source = credit("pay", "2022", ["wider_group", "small_sample"])
    assert (source.publisher, source.year) == ("LMI for All", "2022")
    assert source.caveat.startswith("This figure is for the wider group")
    assert credit_line() == "Data powered by LMI for All."
    with pytest.raises(KeyError):
        credit("no such data", "")


def test_no_data_reads_well() -> None:
    assert str(NoData(Reason.TIMED_OUT, "reading")) == "no data: timed out (reading)"
    assert str(NoData(Reason.RESTING)) == "no data: resting"


# --- ./signpost lmi probe -------------------------------------------------------------------------


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(probe, arguments, env=environment)
    return result.exit_code, result.output


def test_probe_that_is_answered(twin: Twin) -> None:
    code, output = run("--base-url", twin.base_url + "/")
    assert code == 0
    assert output.count("\n") == 1
    assert f"LMI for All at {twin.base_url}: SOC 2010 2216 is “Veterinarians”" in output
    assert "as expected" in output
    assert twin.calls == ["soc/code/2216"]


def test_probe_reads_the_environment(twin: Twin) -> None:
    assert run(SIGNPOST_LMI_BASE_URL=twin.base_url)[0] == 0


def test_probe_of_a_page_instead_of_the_service(twin: Twin) -> None:
    twin.switch("*", Mode.HTML)
    code, output = run("--base-url", twin.base_url)
    assert code == 1
    assert "no data: not JSON" in output
    assert output.count("\n") == 1


def test_probe_without_an_address() -> None:
    code, output = run("--base-url", "")
    assert code == 0
    assert "not configured" in output


def test_probe_with_a_wrong_address() -> None:
    code, output = run("--base-url", "lmi.example")
    assert code == 1
    assert "must be http or https" in output
