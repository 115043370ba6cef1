from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.rich_text import plain, rich


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Vets** earn *£42,612*", "<p><strong>Vets</strong> earn <em>£42,612</em></p>\n"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        (
            "[label](https://a.example/?x=1&y=2)",
            '<p><a href="https://a.example/?x=1&amp;y=2" rel="noopener noreferrer">label</a></p>\n',
        ),
        ("<script>x</script> & <b>", "<p>&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](http://a.example)", "<p>[x](http://a.example)</p>\n"),
        ("![x](https://a.example/p.png)", None),
        ("# not a heading", "<p># not a heading</p>\n"),
        ("`not code`", "<p>`not code`</p>\n"),
    ],
)
def test_as_html(text: str, html: str | None):
    if html is None:
        assert "<img" not in rich(text)
    else:
        assert rich(text) == html


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


SIGNS = [*"[]()<>*-`!'\" \n\\"]
PIECES = [*SIGNS, "](https://a)", "](javascript:x)", "&#x6a;", "<img src=x>", "**"]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_only_safe_tags_whatever_the_text(text: str):
    tags = Tags()
    tags.feed(rich(text))
    for tag, attributes in tags.found:
        assert tag in {"p", "strong", "em", "ul", "ol", "li", "a", "br"}
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else {"start"})
        if tag == "a" and attributes:
            assert attributes["href"].startswith("https://")
            assert attributes["rel"] == "noopener noreferrer"


def test_as_plain_text():
    text = "**Vets** earn **£42,612**.\n\n- one\n\n[NCS](https://a.example/b)"
    assert plain(text) == "Vets earn £42,612.\n\n- one\n\nNCS (https://a.example/b)"
