"""The widget's files, with a tag made from their content."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.problems import ProblemFound
from bot.channels.web.slim import slim

MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_PACKED = {".js", ".css", ".json", ".svg"}


@dataclass(frozen=True, slots=True)
class _File:
    changed: tuple[int, int]
    tag: str
    content: bytes
    packed: bytes | None


class StaticFiles:
    """Files of one folder and the folders below it, by name; only of the known kinds.

    `made` are files that were made when the application started, by name. With `slimmed` scripts
    and styles travel without their comments.
    """

    def __init__(
        self, folder: Path, made: Mapping[str, bytes] | None = None, *, slimmed: bool = False
    ) -> None:
        self._folder = folder.resolve()
        self._slimmed = slimmed
        self._known: dict[str, _File] = {}
        self._made = {
            name: _file((0, 0), Path(name).suffix, content)
            for name, content in (made or {}).items()
        }

    async def __call__(self, request: Request) -> Response:
        """GET /widget/{name}. A browser asks each time whether its copy is still the one,
        unless it asks for that very copy with `?v=` and the start of its tag.
        """
        name = request.path_params["name"]
        found = self._find(name)
        wanted = request.query_params.get("v", "")
        forever = len(wanted) >= 8 and found.tag.startswith(wanted)
        takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
        packed = found.packed if takes_gzip else None
        tag = f'"{found.tag}{"-gz" if packed is not None else ""}"'
        headers = {
            "ETag": tag,
            "Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if tag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        if packed is not None:
            headers["Content-Encoding"] = "gzip"
        return Response(
            found.content if packed is None else packed,
            headers=headers,
            media_type=MEDIA_TYPES[Path(name).suffix],
        )

    def _find(self, name: str) -> _File:
        if name in self._made:
            return self._made[name]
        path = self._folder / name
        suffix = path.suffix
        try:
            known_kind = suffix in MEDIA_TYPES and Path(name).as_posix() == name
            if not known_kind or not path.resolve().is_relative_to(self._folder):
                raise ProblemFound("not-found")
            facts = path.stat()
            changed = (facts.st_mtime_ns, facts.st_size)
            known = self._known.get(name)
            if known is None or known.changed != changed:
                content = path.read_bytes()
                travels = slim(suffix, content) if self._slimmed else content
                known = self._known[name] = _file(changed, suffix, travels)
        except (OSError, ValueError):
            raise ProblemFound("not-found") from None
        return known


def _file(changed: tuple[int, int], suffix: str, content: bytes) -> _File:
    packed = gzip.compress(content, 9, mtime=0) if suffix in _PACKED else None
    return _File(changed, hashlib.sha256(content).hexdigest()[:32], content, packed)
