from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.charts.labels import fitted, placed, text_width, wrapped

rows = st.lists(st.tuples(st.floats(-50, 400), st.floats(1, 80)), min_size=1, max_size=6)


@given(rows)
def test_placed_labels_stay_inside_apart_and_in_order(wanted):
    wanted = sorted(wanted)
    centres = placed(wanted, 8, 332, 6)
    widths = [width for _, width in wanted]
    if centres is None:
        assert sum(widths) + 6 * (len(widths) - 1) > 324
        return
    lefts = [centre - width / 2 for centre, width in zip(centres, widths, strict=True)]
    assert lefts[0] >= 8 - 1e-6
    assert centres[-1] + widths[-1] / 2 <= 332 + 1e-6
    for i in range(len(lefts) - 1):
        assert lefts[i + 1] - (lefts[i] + widths[i]) >= 6 - 1e-6


def test_labels_with_room_stay_where_they_are_wanted():
    assert placed([(50, 40), (200, 40)], 8, 332, 6) == [50, 200]


def test_two_labels_at_one_place_part_evenly():
    left, right = placed([(100, 40), (100, 40)], 8, 332, 10)
    assert (left, right) == (75, 125)


@given(st.text(max_size=80), st.floats(20, 300), st.booleans())
def test_fitted_text_fits(text, room, bold):
    shown = fitted(text, room, 14, bold)
    assert text_width(shown, 14, bold) <= room
    assert shown == text or shown.endswith("…")


def test_text_is_cut_at_a_word():
    assert fitted("Biological scientists", 110, 14) == "Biological…"


@given(st.lists(st.text("abc", min_size=1, max_size=12), max_size=20), st.floats(60, 300))
def test_wrapping_keeps_every_word(parts, room):
    lines = wrapped(" ".join(parts), room, 12)
    assert " ".join(lines).split() == parts


@pytest.mark.parametrize("character", ["m", "W", "8", "£", "€", "—", "i", " "])
def test_every_character_takes_room(character):
    assert text_width(character, 10) > 3
    assert text_width(character, 10, bold=True) > text_width(character, 10) * 0.99
