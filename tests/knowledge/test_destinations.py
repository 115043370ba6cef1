"""The words for destinations fit what the store counts."""

from bot.advisers.destination_files import WORDING as OFFICE
from bot.records.guidance.destinations import ACTUAL, INTENDED
from knowledge.destinations import categories, named
from knowledge.wording import Wording

WORDING = Wording.load()


def test_the_categories_are_those_of_the_store():
    found = categories(WORDING)
    assert {one.id for one in found if one.intended} == set(INTENDED)
    assert {one.id for one in found if one.actual} == set(ACTUAL)


def test_no_word_means_two_things():
    for ones in (
        categories(WORDING),
        *(named(OFFICE.say(f"destinations.{e}")) for e in ("columns", "kinds")),
    ):
        words = [w for one in ones for w in {one.id, one.label.casefold(), *one.words}]
        assert len(words) == len(set(words))


def test_a_word_is_known_in_any_case():
    fe = next(one for one in categories(WORDING) if one.id == "further education")
    assert fe.is_called("  FE   College ")
    assert fe.is_called(fe.label)
    assert not fe.is_called("sixth form college")


def test_every_group_has_a_label():
    assert {one.id for one in named(OFFICE.say("destinations.groups"))} == {
        *("yes", "no", "female", "male", "another"),
        *("none", "support", "plan", "not held"),
    }
