import gzip

import httpx
import pytest


async def test_tagged_by_content(client: httpx.AsyncClient):
    first = await client.get("/widget/signpost.js")
    assert first.status_code == 200
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    tag = first.headers["etag"]
    same = await client.get("/widget/signpost.js", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    path = client.folder / "widget" / "static" / "signpost.js"
    path.write_text('"use strict"; changed();')
    changed = await client.get("/widget/signpost.js", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.text == '"use strict"; changed();'
    assert changed.headers["etag"] != tag


async def test_packed_only_for_those_who_take_it(client: httpx.AsyncClient):
    plain = await client.get("/widget/signpost.js", headers={"Accept-Encoding": "identity"})
    packed = await client.get("/widget/signpost.js")
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.text == packed.text
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))


async def test_kept_for_ever_when_asked_for_by_tag(client: httpx.AsyncClient):
    tag = (await client.get("/widget/signpost.js")).headers["etag"].strip('"')
    for version, kept in ((tag[:12], True), (tag[:4], False), ("0" * 12, False)):
        response = await client.get("/widget/signpost.js", params={"v": version})
        assert ("immutable" in response.headers["cache-control"]) is kept


async def test_schools_pages_may_read_it(client: httpx.AsyncClient):
    for origin, allowed in (("https://www.school.example", True), ("https://x.example", False)):
        response = await client.get("/widget/signpost.js", headers={"Origin": origin})
        assert ("access-control-allow-origin" in response.headers) is allowed


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "",
        "../templates/chat.html",
        "..%2ftemplates%2fchat.html",
        "%2e%2e/templates/chat.html",
        "signpost.js/",
        "signpost.js%00",
        "notes.txt",
        "x" * 5000 + ".js",
    ],
)
async def test_nothing_else(client: httpx.AsyncClient, name: str):
    (client.folder / "widget" / "static" / "notes.txt").write_text("x")
    response = await client.get(f"/widget/{name}")
    assert response.status_code == 404


async def test_links_do_not_lead_out(client: httpx.AsyncClient):
    (client.folder / "outside.js").write_text("x")
    (client.folder / "widget" / "static" / "in.js").symlink_to(client.folder / "outside.js")
    assert (await client.get("/widget/in.js")).status_code == 404
