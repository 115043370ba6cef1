"""The provider itself: discovery, authorize, token and jwks, once as Microsoft's and as Google's.

`OidcServer().start()` serves from a thread of its own on a port that the system picks. Microsoft's
issuer is `{url}/{tenant}/v2.0`, Google's is `{url}`. Whoever is sent to authorize is signed in at
once as `switches.account` and sent back.
"""

import asyncio
import contextlib
import json
import socket
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

TENANT = "11111111-2222-4333-8444-555555555555"
DOMAIN = "school.example"
CLIENT = "signpost-client"
SECRET = "client-secret-of-the-test"


@dataclass
class Account:
    """Who is signed in at the provider."""

    email: str = "ada@school.example"
    tenant: str = TENANT
    domain: str | None = DOMAIN
    email_verified: bool = True


@dataclass
class Switches:
    """How the provider behaves.

    `claims` replaces claims of the token (None takes one out), `error` is what authorize sends
    back instead of a code, `token_status` what the token endpoint answers instead of a token.
    """

    account: Account = field(default_factory=Account)
    claims: dict[str, Any] = field(default_factory=dict)
    expired: bool = False
    error: str | None = None
    token_status: int = 200
    discovery_status: int = 200
    issuer: str | None = None
    foreign_key: bool = False
    algorithm: str = "RS256"
    slow_s: float = 0.0


@dataclass
class Seen:
    """What reached the provider."""

    authorized: list[dict[str, str]] = field(default_factory=list)
    discoveries: int = 0
    keys: int = 0
    refused: list[str] = field(default_factory=list)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


class OidcServer:
    """The provider, served from a thread."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.seen = Seen()
        self.key = _new_key()
        self._foreign = _new_key()
        self._codes: dict[str, dict[str, str]] = {}
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )
        self._server = _Server(uvicorn.Config(app, log_config=None, access_log=False))
        self._thread = threading.Thread(
            target=lambda: self._server.run(sockets=[self._listening]), daemon=True
        )

    def start(self) -> "OidcServer":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def renew_key(self) -> None:
        """The provider signs with another key from now on."""
        self.key = _new_key()

    async def _discovery(self, request: Request) -> Response:
        self.seen.discoveries += 1
        if self.switches.discovery_status != 200:
            return Response("no", self.switches.discovery_status)
        tenant = request.path_params.get("tenant")
        issuer = self.url if tenant is None else f"{self.url}/{tenant}/v2.0"
        return JSONResponse(
            {
                "issuer": self.switches.issuer or issuer,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.seen.authorized.append(asked)
        back: dict[str, str] = {"state": asked["state"]}
        if self.switches.error is not None:
            back |= {"error": self.switches.error, "error_description": "ada@school.example"}
        else:
            back["code"] = token_urlsafe(16)
            self._codes[back["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def _token(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode()))
        asked = self._codes.pop(given.get("code", ""), None)
        wrong = self._what_is_wrong(given, asked)
        if wrong is not None or asked is None:
            self.seen.refused.append(wrong or "code")
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.switches.slow_s:
            await asyncio.sleep(self.switches.slow_s)
        if self.switches.token_status != 200:
            return Response("no", self.switches.token_status)
        access_token = token_urlsafe(16)
        return JSONResponse(
            {
                "token_type": "Bearer",
                "access_token": access_token,
                "id_token": self._id_token(asked),
            }
        )

    def _what_is_wrong(self, given: dict[str, str], asked: dict[str, str] | None) -> str | None:
        if asked is None or given.get("grant_type") != "authorization_code":
            return "code"
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, SECRET):
            return "client"
        if given.get("redirect_uri") != asked["redirect_uri"]:
            return "redirect"
        digest = sha256(given.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (asked.get("code_challenge_method"), asked.get("code_challenge")) != ("S256", challenge):
            return "verifier"
        return None

    def _id_token(self, asked: dict[str, str]) -> str:
        account, switches = self.switches.account, self.switches
        google = "profile" not in asked["scope"]
        begun = int(time.time()) - (7200 if switches.expired else 0)
        claims: dict[str, Any] = {
            "iss": self.url if google else f"{self.url}/{account.tenant}/v2.0",
            "aud": CLIENT,
            "sub": "subject",
            "iat": begun,
            "exp": begun + 3600,
            "nonce": asked["nonce"],
            "email": account.email,
        }
        if google:
            claims |= {"hd": account.domain, "email_verified": account.email_verified}
        else:
            claims |= {"tid": account.tenant, "preferred_username": account.email}
        claims |= switches.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self._foreign if switches.foreign_key else self.key
        # A stranger's key under the provider's name for its own.
        header = {"alg": switches.algorithm, "kid": self.key.kid}
        if switches.algorithm == "none":
            return _unsigned(header, claims)
        return jwt.encode(header, claims, key, algorithms=[switches.algorithm])

    async def _keys(self, request: Request) -> Response:
        self.seen.keys += 1
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


def _new_key() -> RSAKey:
    key = RSAKey.generate_key(2048, {"use": "sig"})
    key.ensure_kid()
    return key


def _unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
