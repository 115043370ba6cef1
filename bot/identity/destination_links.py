"""Links with which leavers answer without an account: a random token, signed; its hash is kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from itsdangerous import BadData, Signer

from bot.identity.tokens import TokenWrong

_BYTES = 18
"""144 random bits, 24 characters in an address."""
_LONGEST_TOKEN = 128


@dataclass(frozen=True, slots=True)
class DestinationLink:
    """A new token, known only now, and the hash by which the store knows it again."""

    token: str = field(repr=False)
    token_hash: str


class DestinationLinks:
    """Makes and reads tokens: `random . signature` (HMAC-SHA256).

    Nothing of a leaver is in a token. The signature lets the service tell what it never gave out
    without asking the store; how long a token is good for stands in the store, where a link can be
    withdrawn.
    """

    def __init__(self, key: str) -> None:
        self._signer = Signer(key, salt="signpost.destination", digest_method=hashlib.sha256)

    def issue(self) -> DestinationLink:
        """Make a token that is like no other."""
        token = self._signer.sign(secrets.token_urlsafe(_BYTES)).decode("ascii")
        return DestinationLink(token, _hash(token))

    def read(self, token: str) -> str:
        """The hash of a token that was given out here. Raises TokenWrong for any other text."""
        if len(token) > _LONGEST_TOKEN:
            raise TokenWrong
        try:
            # Signed again and compared whole: decoding forgives changes that a reader made.
            value = token.rpartition(".")[0].encode("ascii")
            if not hmac.compare_digest(self._signer.sign(value), token.encode("ascii")):
                raise TokenWrong
        except (BadData, ValueError) as problem:
            raise TokenWrong from problem
        return _hash(token)


def _hash(token: str) -> str:
    # Random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode("ascii")).hexdigest()
