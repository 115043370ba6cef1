"""Conversation tokens: the credential of a reader. A conversation's id alone opens nothing."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode


class TokenWrong(Exception):
    """The token was not made by this installation, or was changed."""


class TokenExpired(Exception):
    """The token was right once, and is too old."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a token proves: which conversation, whether made by an operator, until when (UTC)."""

    conversation_id: str
    operator: bool
    expires_at: datetime


class Tokens:
    """Makes and reads tokens: `base64(kind + id + expiry) . signature` (HMAC-SHA256).

    The age is absolute: using a token does not make it last longer.
    """

    def __init__(self, key: str, max_age: timedelta) -> None:
        self._signer = Signer(key, salt="signpost.conversation", digest_method=hashlib.sha256)
        self._max_age = max_age

    def issue(self, conversation_id: str, *, now: datetime, operator: bool = False) -> str:
        """Make the token of one conversation, good from `now` for the longest age."""
        ends = int((now + self._max_age).timestamp())
        kind = "o" if operator else "r"
        return self._signer.sign(base64_encode(f"{kind}{ends:x}.{conversation_id}")).decode()

    def read(self, token: str, *, now: datetime) -> Credential:
        """What the token proves. Raises TokenWrong or TokenExpired."""
        try:
            # Signed again and compared whole: decoding forgives changes that a reader made.
            value = token.rpartition(".")[0].encode("ascii")
            if not hmac.compare_digest(self._signer.sign(value), token.encode("ascii")):
                raise TokenWrong
            plain = base64_decode(value).decode("ascii")
            ends, _, conversation_id = plain[1:].partition(".")
            expires_at = datetime.fromtimestamp(int(ends, 16), tz=UTC)
        except (BadData, ValueError) as problem:
            raise TokenWrong from problem
        if now >= expires_at:
            raise TokenExpired
        return Credential(conversation_id, plain[0] == "o", expires_at)
