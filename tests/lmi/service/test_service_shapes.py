"""The twin's own answers have the same keys and types as the recorded ones, where these are."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.lmi_twin import Twin, recorded, shapes

Shape = dict[str, set[str]]
# Optional in real answers: a note stands only where the sample is small.
OPTIONAL = {"/predictedEmployment[]/breakdown[]/note"}


def shape(value: Any, at: str = "") -> Shape:
    """Each path in a JSON value with the kinds of value found there."""
    if isinstance(value, dict):
        found: Shape = {at: {"object"}}
        for key, inner in value.items():
            merge(found, shape(inner, f"{at}/{key}"))
        return found
    if isinstance(value, list):
        found = {at: {"list"}}
        for inner in value:
            merge(found, shape(inner, f"{at}[]"))
        return found
    if isinstance(value, bool) or value is None:
        return {at: {str(value)}}
    return {at: {"number" if isinstance(value, (int, float)) else "text"}}


def merge(into: Shape, more: Shape) -> None:
    for path, kinds in more.items():
        into.setdefault(path, set()).update(kinds)


def test_shapes_are_those_recorded() -> None:
    if not recorded.FOLDER.is_dir():
        pytest.skip("no recorded answers here (../shared/data/lmi-for-all)")
    compared = set()
    for (path, params), (status, body) in recorded.answers().items():
        if body == []:
            continue
        asked = dict(params)
        if path.startswith(("soc/code", "hesa/courses")):
            path = path.rpartition("/")[0] + "/4135"
        if path == "soc/search" and asked.get("q"):
            asked["q"] = "library"
        own_status, own = shapes.reconstructed(path, asked)
        assert own_status == status, path
        real, ours = shape(body), shape(own)
        nothing = {"None"}
        for at in (set(real) | set(ours)) - OPTIONAL:
            assert at in real, f"{path}: the twin made up {at}"
            assert at in ours, f"{path}: the twin lacks {at}"
            assert ours[at] - nothing == real[at] - nothing, f"{path}: {at}"
        compared.add(path.partition("/")[0] + "/" + path.split("/")[1])
    assert compared == {
        "soc/search",
        "soc/code",
        "ashe/estimatePay",
        "ashe/estimateHours",
        "wf/predict",
        "hesa/courses",
    }


def test_the_table_marks_every_shape() -> None:
    assert {shape.known_from for shape in shapes.SHAPES} == {"recorded", "clients"}
    assert len({shape.name for shape in shapes.SHAPES}) == len(shapes.SHAPES) == 18


def test_numbers_in_reconstructed_answers_look_made_up() -> None:
    _, body = shapes.reconstructed("ashe/estimatePay", {"soc": "2216"})
    assert sorted(figure["estpay"] for figure in body["series"]) == [111, 222, 333]


def get(twin: Twin, path: str, **params: str) -> tuple[int, str | None, Any]:
    query = "?" + urlencode(params) if params else ""
    try:
        with urllib.request.urlopen(f"{twin.base_url}/{path}{query}", timeout=30) as answer:
            return answer.status, answer.headers["X-Twin-Shape"], json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers["X-Twin-Shape"], json.load(refused)


def test_the_header_says_where_an_answer_is_from(recorded_twin: Twin) -> None:
    status, origin, body = get(recorded_twin, "ashe/estimatePay", coarse="true", soc="4135")
    assert (status, origin, body["soc"]) == (200, "recorded", 41)
    status, origin, _ = get(recorded_twin, "ashe/estimatePay", coarse="true", soc="2216")
    assert (status, origin) == (200, "reconstructed")
    status, origin, body = get(recorded_twin, "soc/search", q="")
    assert (status, origin) == (400, "recorded")
    assert "error" in body


def post(twin: Twin, **wanted: Any) -> int:
    request = urllib.request.Request(
        f"{twin.address}/_twin/switch", data=json.dumps(wanted).encode(), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_switches_from_outside(twin: Twin) -> None:
    assert post(twin, path="wf/", mode="error-in-200", times=1) == 200
    assert "error" in get(twin, "wf/replacement_demand", soc="2216")[2]
    assert "rate" in get(twin, "wf/replacement_demand", soc="2216")[2]
    assert post(twin, path="*", mode="rate-limited") == 200
    assert get(twin, "ess/regions")[0] == 429
    assert get(twin, "vacancies/search", keywords="vet")[2][0]["title"] == "Too Many Requests"
    assert post(twin, path="ess/", mode="html-as-json") == 200
    assert post(twin, path="*", mode="ok") == 200
    assert get(twin, "soc/code/4135")[0] == 200
    assert post(twin, path="*", mode="nonsense") == 400
    assert post(twin, mode="ok") == 400
    assert get(twin, "no/such/endpoint")[0] == 404
