"""One question to each endpoint of LMI for All."""

from __future__ import annotations

from lmi.service.client import LmiForAll
from lmi.service.regions import Region


def ask_everything(client: LmiForAll) -> list[object]:
    """The answers, in the order of the contract."""
    return [
        client.search("vet"),
        client.occupation("2216"),
        client.pay("2216"),
        client.pay_by_region("2216"),
        client.hours("2216"),
        client.hours_by_region("2216"),
        client.pay_changes("2216"),
        client.employment_forecast("2216"),
        client.employment_breakdown("2216", "gender"),
        client.replacement_demand("2216"),
        client.unemployment("2216"),
        client.vacancy_difficulty("2216"),
        client.survey_regions(),
        client.hardest_to_fill(Region.LONDON),
        client.onet_occupations("2216"),
        client.skills("29-1131.00"),
        client.abilities("29-1131.00"),
        client.interests("29-1131.00"),
        client.knowledge("29-1131.00"),
        client.jobs_from_skills(["2.A.1.a"]),
        client.degree_subjects("2216"),
        client.vacancies("vet"),
        client.census_jobs("LS1 1AA"),
    ]
