"""Official titles of unit groups lead to their own group; each group has a plain label."""

import pytest

from lmi.occupations.tables import AUTHORED

MOST_WORDS = 5


def forms(title):
    bare = title.replace(" n.e.c.", "").replace(" n.e.c", "")
    return {title, title.lower(), title.upper(), bare, f"{bare} n.e.c."}


def test_every_official_title_leads_to_its_own_group(titles, unit_groups):
    assert len(unit_groups) == 412
    for code, title in unit_groups.items():
        for form in forms(title):
            job = titles.resolve(form)
            assert job is not None, form
            assert job.unit_groups[0].soc2020 == code, form
            found = titles.find(form)
            assert [job.unit_groups[0].soc2020 for job in found] == [code], form


@pytest.mark.parametrize(
    ("title", "name", "plural"),
    [
        ("Veterinarians", "veterinarian", "veterinarians"),
        ("Police officers (sergeant and below)", "police officer", "police officers"),
        ("Other registered nursing professionals", "other registered nursing professional",
         "other registered nursing professionals"),
        ("Buyers and procurement officers", "buyer or procurement officer",
         "buyers and procurement officers"),
        ("Sports and leisure assistants", "sports and leisure assistant",
         "sports and leisure assistants"),
        ("Sales and retail assistants", "sales and retail assistant",
         "sales and retail assistants"),
        ("Groundsmen and greenkeepers", "groundsman or greenkeeper",
         "groundsmen and greenkeepers"),
        ("Painters and decorators", "painter and decorator", "painters and decorators"),
        ("Welding trades", "welding trades", "welding trades"),
        ("IT managers", "IT manager", "IT managers"),
        ("Tv, video and audio servicers and repairers",
         "TV, video and audio servicers and repairers",
         "TV, video and audio servicers and repairers"),
    ],
)  # fmt: skip
def test_a_title_is_named_as_in_a_sentence(titles, title, name, plural):
    job = titles.resolve(title)
    assert (job.name, job.plural) == (name, plural)


def test_no_name_carries_a_mark_or_a_doubled_plural(titles, unit_groups):
    for title in unit_groups.values():
        job = titles.resolve(title)
        assert "n.e.c" not in job.name, title
        assert not job.plural.endswith(("eses", "erses", "orses", "onses")), title
        assert "*" not in job.name + job.plural, title


def test_every_group_has_its_own_plain_label(titles, unit_groups):
    labels = {code: titles.label(code) for code in unit_groups}
    assert len({label.casefold() for label in labels.values()}) == len(unit_groups)
    for code, label in labels.items():
        assert 1 <= len(label.split()) <= MOST_WORDS, (code, label)
        assert label == label.strip(), code
        assert label[0].isupper(), (code, label)
        assert "n.e.c" not in label, (code, label)
        assert not label.endswith("."), (code, label)


def test_labels_are_for_the_unit_groups_and_no_others(unit_groups):
    lines = (AUTHORED / "plain_group_names.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "soc2020,label"
    assert [line.partition(",")[0] for line in lines[1:]] == sorted(unit_groups)


def test_an_unknown_group_has_no_label(titles):
    with pytest.raises(KeyError):
        titles.label("0000")
