"""What a reader is told when something cannot be done, as problem+json (RFC 9457)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml
from starlette.responses import Response

from bot.channels.web.tongues import Tongue

SENTENCES = Path(__file__).with_name("problems.yml")


class ProblemFound(Exception):
    """A request cannot be done; `kind` is a heading in problems.yml."""

    def __init__(self, kind: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem: its HTTP status, a title for programs, a sentence for the reader.

    The sentence may name the longest message, `{most}`.
    """

    kind: str
    status: int
    title: str
    sentence: str
    most: str

    @property
    def detail(self) -> str:
        """The sentence for the reader, in English."""
        return self.sentence.format(most=self.most)

    def said_in(self, tongue: Tongue) -> str:
        """The sentence for the reader in a language of the interface."""
        return tongue.say(self.sentence, most=self.most) if self.sentence else ""


class Problems:
    """All kinds of problem, with their sentences."""

    def __init__(self, found: dict[str, Problem]) -> None:
        self._found = found

    @classmethod
    def load(cls, *, most_chars: int, path: Path = SENTENCES) -> "Problems":
        """Read the sentences; `most_chars` is the longest message, as the sentences say it."""
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(
            {
                kind: Problem(
                    kind,
                    int(one["status"]),
                    one["title"],
                    one["detail"],
                    f"{most_chars:,}",
                )
                for kind, one in content.items()
            }
        )

    def __getitem__(self, kind: str) -> Problem:
        return self._found[kind]

    def __iter__(self) -> Any:
        return iter(self._found.values())

    def response(
        self,
        kind: str,
        *,
        tongue: Tongue | None = None,
        retry_after_s: int | None = None,
        **more: Any,
    ) -> Response:
        """The problem as a response, in English where no language is given.

        `more` adds members to it or replaces its detail.
        """
        problem = self._found[kind]
        body = {
            "type": f"urn:signpost:problem:{kind}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail if tongue is None else problem.said_in(tongue),
            **more,
        }
        headers = {"Cache-Control": "no-store"}
        if tongue is not None:
            headers["Content-Language"] = tongue.tag
        if retry_after_s is not None:
            headers["Retry-After"] = str(retry_after_s)
        if problem.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return Response(
            orjson.dumps(body),
            problem.status,
            headers,
            media_type="application/problem+json",
        )
