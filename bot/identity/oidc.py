"""Signing in with the school's Microsoft or Google account, by OpenID Connect.

The authorization code flow with PKCE, state and nonce. Of the account nothing is kept: its
e-mail addresses are handed on to find the pupil, and no token is stored.
"""

import asyncio
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

import httpx
from authlib.common.security import generate_token  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from itsdangerous import BadData, URLSafeSerializer
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from bot.records.sealing import SealBroken, Sealing

T = TypeVar("T")

log = logging.getLogger("signpost.identity")

Way = Literal["microsoft", "google"]
WAYS: tuple[Way, ...] = ("microsoft", "google")
SETTING = "sign_in"
"""The school's setting: {"microsoft": {"tenant", "client_id", "client_secret"}, "google":
{"domain", "client_id", "client_secret"}}, the secrets as `sealed_secret` makes them."""

FLOW_LASTS = timedelta(minutes=10)
KNOWN_FOR_S = 3600.0
"""How long what the provider says of itself, and its keys, are used without asking again."""
KEYS_AGAIN_S = 60.0
TIMEOUT_S = 8.0
LEEWAY_S = 60
"""By how much the provider's clock may differ from ours."""
_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
HOME: dict[Way, str] = {"microsoft": "tenant", "google": "domain"}
"""What a setting calls the part of the provider that is the school's own."""
_SECRET = "client_secret"  # noqa: S105 - the name of a field
_SCOPES = {"microsoft": "openid profile email", "google": "openid email"}
_SEVERAL = "mfa"
"""Among the methods of an id token (`amr`, RFC 8176): more than one factor was given."""
_STOPPED = frozenset({"access_denied", "consent_required", "interaction_required"})
_TROUBLE = frozenset({"server_error", "temporarily_unavailable"})

Failure = Literal["away", "stopped", "other-school", "not-valid"]


class SignInFailed(Exception):
    """Nobody is signed in: the provider is away, the pupil stopped, or what came proves nothing.

    It carries nothing of what came: the exception may be logged.
    """

    def __init__(self, why: Failure) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Provider:
    """A school's accounts. Only those of its own tenant or hosted domain (`home`) count."""

    way: Way
    issuer: str
    client_id: str
    home: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Flow:
    """What a browser that was sent to a provider must come back with."""

    way: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Who came back from a provider: the account's e-mail addresses, likeliest first.

    `second_factor` says that the provider asked for more than a password this time.
    """

    addresses: list[str]
    second_factor: bool


def sealed_secret(sealing: Sealing, client_secret: str) -> str:
    """A client's secret as the school's setting holds it."""
    return sealing.seal({_SECRET: client_secret})


def home_of(way: Way, typed: str) -> str | None:
    """The tenant (Microsoft) or domain (Google) as it is compared; None for what can be none."""
    home = typed.strip().casefold()
    pattern = _TENANT if way == "microsoft" else _DOMAIN
    return home if pattern.fullmatch(home) else None


def providers_of(
    setting: Mapping[str, Any] | None, sealing: Sealing, *, microsoft_url: str, google_url: str
) -> dict[Way, Provider]:
    """The providers that the school has set up whole; one that cannot be used is left out."""
    found: dict[Way, Provider] = {}
    for way in WAYS:
        one = (setting or {}).get(way)
        if one is None:
            continue
        home = home_of(way, str(one.get(HOME[way]) or ""))
        if not (home and one.get("client_id") and one.get(_SECRET)):
            log.warning("the sign-in with %s is not set up whole and is not offered", way)
            continue
        try:
            secret = str(sealing.open(one[_SECRET])[_SECRET])
        except (SealBroken, KeyError):
            log.warning("the secret for the sign-in with %s cannot be read", way)
            continue
        issuer = f"{microsoft_url}/{home}/v2.0" if way == "microsoft" else google_url
        found[way] = Provider(way, issuer, str(one["client_id"]), home, secret)
    return found


class Flows:
    """Makes and reads the cookie that ties a browser to its own sign-in; signed, short-lived."""

    def __init__(self, key: str) -> None:
        self._signer = URLSafeSerializer(
            key, salt="signpost.sign-in", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def write(self, flow: Flow, now: datetime) -> str:
        """The cookie's value, good for ten minutes from `now`."""
        ends = int((now + FLOW_LASTS).timestamp())
        return str(self._signer.dumps({**asdict(flow), "ends": ends}))

    def read(self, value: str, now: datetime) -> Flow | None:
        """The flow, or None for what was not made here or is too old."""
        try:
            found = self._signer.loads(value)
        except BadData:
            return None
        if now.timestamp() >= found.pop("ends"):
            return None
        return Flow(**found)


@dataclass(slots=True)
class _Known:
    """What a provider says of itself, and when it was asked."""

    metadata: dict[str, Any]
    at: float
    keys: KeySet | None = None
    keys_at: float = 0.0


class Oidc:
    """Talks to the providers. `close` after use."""

    def __init__(
        self, client: httpx.AsyncClient | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT_S / 2, follow_redirects=False)
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def begin(self, provider: Provider, callback: str) -> tuple[str, Flow]:
        """The provider's address to send the browser to, and what it must come back with.

        `callback` is where it comes back to, as registered with the provider. Raises SignInFailed
        ("away").
        """
        known = await self._ask(self._about(provider))
        flow = Flow(provider.way, generate_token(43), generate_token(43), generate_token(64))
        client = OAuth2Client(
            None,
            client_id=provider.client_id,
            scope=_SCOPES[provider.way],
            redirect_uri=callback,
            code_challenge_method="S256",
        )
        more = {"hd": provider.home} if provider.way == "google" else {}
        address, _ = client.create_authorization_url(
            known.metadata["authorization_endpoint"],
            state=flow.state,
            code_verifier=flow.verifier,
            nonce=flow.nonce,
            # Devices are shared: never go on silently as whoever used the browser before.
            prompt="select_account",
            **more,
        )
        return str(address), flow

    async def finish(
        self,
        provider: Provider,
        flow: Flow,
        query: Mapping[str, str],
        callback: str,
        now: datetime,
    ) -> list[str]:
        """The e-mail addresses of the account that the browser came back with, likeliest first.

        `query` is what the provider sent it back with. Raises SignInFailed.
        """
        return (await self.account(provider, flow, query, callback, now)).addresses

    async def account(
        self,
        provider: Provider,
        flow: Flow,
        query: Mapping[str, str],
        callback: str,
        now: datetime,
    ) -> Account:
        """The account that the browser came back with. Raises SignInFailed."""
        if flow.way != provider.way or not hmac.compare_digest(
            query.get("state", "").encode(), flow.state.encode()
        ):
            raise SignInFailed("not-valid")
        if "error" in query:
            error = query["error"]
            raise SignInFailed(
                "stopped" if error in _STOPPED else "away" if error in _TROUBLE else "not-valid"
            )
        if not query.get("code"):
            raise SignInFailed("not-valid")
        return await self._ask(self._account(provider, flow, query["code"], callback, now))

    async def _account(
        self, provider: Provider, flow: Flow, code: str, callback: str, now: datetime
    ) -> Account:
        known = await self._about(provider)
        answer = await self._client.post(
            known.metadata["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": callback,
                "client_id": provider.client_id,
                "client_secret": provider.client_secret,
                "code_verifier": flow.verifier,
            },
            headers={"Accept": "application/json"},
        )
        if answer.status_code >= 500:
            raise SignInFailed("away")
        given = _object(answer) if answer.status_code == 200 else {}
        if not isinstance(given.get("id_token"), str):
            raise SignInFailed("not-valid")
        token = await self._opened(provider, known, given["id_token"])
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "values": _issuers(provider)},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {
                "nonce": flow.nonce,
                "client_id": provider.client_id,
                "access_token": given.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        methods = claims.get("amr")
        several = isinstance(methods, list) and _SEVERAL in methods
        return Account(_addresses_in(claims, provider), several)

    async def _opened(self, provider: Provider, known: _Known, token: str) -> jwt.Token:
        """The token with its signature checked; keys are asked for anew when its key is unknown."""
        keys = await self._keys(known, known_for_s=KNOWN_FOR_S)
        try:
            return jwt.decode(token, keys, algorithms=["RS256"])
        except InvalidKeyIdError:
            keys = await self._keys(known, known_for_s=KEYS_AGAIN_S)
            return jwt.decode(token, keys, algorithms=["RS256"])

    async def _about(self, provider: Provider) -> _Known:
        known = self._known.get(provider.issuer)
        if known is None or self._clock() - known.at >= KNOWN_FOR_S:
            answer = await self._client.get(f"{provider.issuer}/.well-known/openid-configuration")
            metadata = _object(answer) if answer.status_code == 200 else {}
            scheme = provider.issuer.partition("://")[0]
            ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if metadata.get("issuer") != provider.issuer or not all(
                str(metadata.get(end, "")).startswith(f"{scheme}://") for end in ends
            ):
                raise SignInFailed("away")
            known = self._known[provider.issuer] = _Known(metadata, self._clock())
        return known

    async def _keys(self, known: _Known, *, known_for_s: float) -> KeySet:
        if known.keys is None or self._clock() - known.keys_at >= known_for_s:
            answer = await self._client.get(known.metadata["jwks_uri"])
            if answer.status_code != 200:
                raise SignInFailed("away")
            found: Any = _object(answer)
            known.keys, known.keys_at = KeySet.import_key_set(found), self._clock()
        return known.keys

    async def _ask(self, asking: Coroutine[Any, Any, T]) -> T:
        """Wait for an answer of the provider; whatever goes wrong is a SignInFailed.

        Raised outside of the handlers: it must not carry along what quotes an account.
        """
        why: Failure
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await asking
        except SignInFailed as failed:
            why = failed.why
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            why = "away"
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            why = "not-valid"
        raise SignInFailed(why)


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _issuers(provider: Provider) -> list[str]:
    # Google's own documents name both forms.
    bare = [provider.issuer.partition("://")[2]] if provider.way == "google" else []
    return [provider.issuer, *bare]


def _addresses_in(claims: Mapping[str, Any], provider: Provider) -> list[str]:
    """The account's e-mail addresses, if it is one of the school's own. Raises SignInFailed."""
    home = claims.get("tid" if provider.way == "microsoft" else "hd")
    if not isinstance(home, str) or home.casefold() != provider.home:
        raise SignInFailed("other-school")
    if provider.way == "google":
        if claims.get("email_verified") not in (True, "true"):
            raise SignInFailed("not-valid")
        named = [claims.get("email")]
    else:
        # The name of the account is the administrators' to give, its e-mail address less surely.
        named = [claims.get("preferred_username"), claims.get("email")]
    found = [one for one in named if isinstance(one, str) and 3 <= len(one) <= 254 and "@" in one]
    if not found:
        raise SignInFailed("not-valid")
    return list(dict.fromkeys(found))
