"""Scripts and styles as they travel: smaller, and the same to whoever runs them."""

import gzip
import re

import httpx

from bot.channels.web.slim import slim
from bot.channels.web.tongues import WIDGET

STATIC = WIDGET / "static"


def test_comments_and_indentation_go_and_nothing_else():
    script = b"""/* what it is
 * about */
/** one */
const a = "http://x/*y*/"; // stays
  // goes
    if (a) {

      b();
    }
"""
    assert slim(".js", script) == b'const a = "http://x/*y*/"; // stays\nif (a) {\nb();\n}\n'
    style = b"/* a */\na {\n  color: red;\n}\n"
    assert slim(".css", style) == b"a {\ncolor: red;\n}\n"
    assert slim(".json", b"  // x\n") == b"  // x\n"


def test_no_text_of_several_lines_begins_a_line_with_a_comment():
    for path in STATIC.glob("*.js"):
        for text in re.findall(r"`([^`]*)`", path.read_text(encoding="utf-8")):
            assert not re.search(r"(?m)^\s*(?://|/\*)", text), path.name


async def test_what_travels_is_what_is_measured(client: httpx.AsyncClient):
    folder = client.folder / "widget" / "static"  # type: ignore[attr-defined]
    source = (STATIC / "panel.js").read_bytes()
    (folder / "panel.js").write_bytes(source)
    response = await client.get("/widget/panel.js")
    assert response.content == slim(".js", source)
    assert int(response.headers["content-length"]) == len(
        gzip.compress(slim(".js", source), 9, mtime=0)
    )
