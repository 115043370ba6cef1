from __future__ import annotations

from lmi.figures.related import related_jobs
from tests.lmi.figures.small_snapshot import SmallSnapshot, row


def test_electricians_neighbours_are_alphabetical(snapshot):
    related = related_jobs(snapshot, "5241")
    titles = [job.title for job in related.jobs]
    assert related.scope.code == "524"
    assert len(titles) >= 3
    assert titles == sorted(titles, key=str.casefold)
    assert "5241" not in [job.soc2020 for job in related.jobs]


def test_a_lonely_group_looks_wider(snapshot):
    related = related_jobs(snapshot, "2240")  # vets are alone in their minor group
    assert (related.scope.kind, related.scope.code) == ("sub_major_group", "22")
    assert len(related.jobs) >= 3


def test_pay_only_where_published():
    rows = [row("1111", 2024, 1), row("1112", 2024, 20000), row("1113", 2024, None)]
    rows += [row("1114", 2024, 30000)]
    jobs = related_jobs(SmallSnapshot(rows), "1111").jobs
    assert [job.pay and job.pay.median for job in jobs] == [20000, None, 30000]


def test_only_pay_that_is_shown_is_credited():
    related = related_jobs(SmallSnapshot(codes=["1111", "1112"]), "1111")
    assert [source.dataset for source in related.sources] == ["Table unit_groups"]
