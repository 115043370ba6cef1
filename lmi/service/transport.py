"""The way to the service and back: one pool of connections, retries, the breaker and the cache.

Nothing here raises for the service's trouble; `fetch` gives a decoded answer or a NoData. The
layers, from the outside in: the cache (requests-cache; serves an expired answer when a new one
cannot be had), the breaker, the retries, one HTTP request.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit

import requests
import requests_cache
import urllib3
from requests.adapters import HTTPAdapter

from lmi.service.breaker import Breaker
from lmi.service.contract import complaint
from lmi.service.no_data import NOTHING_PUBLISHED, NoData, Reason
from lmi.service.results import Receipt

log = logging.getLogger(__name__)
# requests-cache logs a whole traceback each time it falls back on an old answer; we say it in a
# line of our own.
logging.getLogger("requests_cache.session").setLevel(logging.ERROR)

CONNECT_S = 2.0
READ_S = 3.0
PAUSES_S = (0.2, 0.4)
LONGEST_WAIT_S = 2.0
LARGEST_BODY = 4 * 1024 * 1024
CONNECTIONS = 8
KEEP_FOR = timedelta(days=7)
_AGAIN = frozenset({429, 500, 502, 503, 504})


class NoAnswer(requests.RequestException):
    """Raised inside this module only, so that requests-cache can fall back on an old answer."""

    def __init__(self, no_data: NoData, again: bool = False, wait_s: float | None = None) -> None:
        super().__init__(str(no_data))
        self.no_data = no_data
        self.again = again
        self.wait_s = wait_s


@dataclass(frozen=True)
class Fetched:
    """A decoded answer that holds what the contract says, and when it was fetched."""

    body: object
    receipt: Receipt


class ServiceAdapter(HTTPAdapter):
    """Sends a request with two retries behind the breaker, and checks what comes back.

    Raises NoAnswer for anything that is not a good answer, so that nothing else reaches the cache.
    """

    def __init__(
        self,
        base_path: str,
        breaker: Breaker,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=CONNECTIONS, max_retries=0)
        self._base_path = base_path
        self._breaker = breaker
        self._clock = clock
        self._sleep = sleep

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One question, at most three requests; NoAnswer when none of them is answered well."""
        permit = self._breaker.ask()
        if permit is None:
            raise NoAnswer(NoData(Reason.RESTING))

        def once() -> requests.Response:
            # Always streamed: the body is read here, under this adapter's own limits.
            response = super(ServiceAdapter, self).send(
                request, True, timeout, verify, cert, proxies
            )
            with response.raw:
                self._check(request, response)
            return response

        try:
            response = self._patiently(once)
        except NoAnswer as trouble:
            # "Nothing for this job" is the answer of a service that is well.
            if trouble.no_data.reason in NOTHING_PUBLISHED:
                permit.succeeded()
            else:
                permit.failed()
            raise
        except BaseException:
            permit.failed()
            raise
        permit.succeeded()
        return response

    def _patiently(self, once: Callable[[], requests.Response]) -> requests.Response:
        for pause in PAUSES_S:
            try:
                return _translated(once)
            except NoAnswer as trouble:
                wait = pause if trouble.wait_s is None else max(pause, trouble.wait_s)
                if not trouble.again or wait > LONGEST_WAIT_S:
                    raise
            self._sleep(wait)
        return _translated(once)

    def _check(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        status = response.status_code
        if status != 200:
            raise _refusal(status, response.headers.get("Retry-After"))
        content = self._read(response.raw)
        # requests keeps the body in these two; from here on it is read like any other response.
        response._content = content
        response._content_consumed = True  # type: ignore[attr-defined]
        body = decoded(content)
        if isinstance(body, NoData):
            raise NoAnswer(body)
        path = urlsplit(request.url or "").path.removeprefix(self._base_path).strip("/")
        wrong = complaint(str(path), body)
        if wrong is not None:
            raise NoAnswer(wrong)

    def _read(self, raw: urllib3.HTTPResponse) -> bytes:
        """The body, at most LARGEST_BODY. The read timeout holds for each piece; a service that
        drips is cut off after connect and read time together.
        """
        end = self._clock() + CONNECT_S + READ_S
        pieces: list[bytes] = []
        size = 0
        while piece := raw.read1(65536, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_BODY:
                raise NoAnswer(NoData(Reason.TOO_LARGE))
            if self._clock() > end:
                raise NoAnswer(NoData(Reason.TIMED_OUT, "the body came too slowly"))
        return b"".join(pieces)


def _translated(once: Callable[[], requests.Response]) -> requests.Response:
    """Call, and turn every way in which a request can fail into NoAnswer.

    A connection that could not be made, or broke, is worth another try; a slow answer is not:
    it would only be slow again, three times over.
    """
    try:
        return once()
    except NoAnswer:
        raise
    except requests.ConnectTimeout as trouble:
        raise NoAnswer(NoData(Reason.TIMED_OUT, "connecting"), again=True) from trouble
    except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as trouble:
        raise NoAnswer(NoData(Reason.TIMED_OUT, "reading")) from trouble
    except requests.exceptions.SSLError as trouble:
        raise NoAnswer(NoData(Reason.UNREACHABLE, "no secure connection")) from trouble
    except (requests.ConnectionError, urllib3.exceptions.ProtocolError) as trouble:
        detail = type(trouble.args[0] if trouble.args else trouble).__name__
        raise NoAnswer(NoData(Reason.UNREACHABLE, detail), again=True) from trouble
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as trouble:
        raise NoAnswer(NoData(Reason.UNREACHABLE, type(trouble).__name__)) from trouble


def _refusal(status: int, retry_after: str | None) -> NoAnswer:
    wait_s = float(retry_after) if retry_after is not None and retry_after.isdecimal() else None
    if status == 429:
        return NoAnswer(NoData(Reason.RATE_LIMITED), again=True, wait_s=wait_s)
    if status == 404:
        return NoAnswer(NoData(Reason.NOT_FOUND))
    if status == 400:
        return NoAnswer(NoData(Reason.BAD_QUESTION))
    return NoAnswer(NoData(Reason.BAD_STATUS, str(status)), again=status in _AGAIN, wait_s=wait_s)


def decoded(content: bytes) -> object | NoData:
    """The JSON value of a body, or why it is none. Also for bodies that lie about their type."""
    if not content.strip():
        return NoData(Reason.EMPTY)
    try:
        body: object = json.loads(content)
    except (ValueError, RecursionError):
        return NoData(Reason.NOT_JSON, content[:40].decode("utf-8", "replace"))
    return body


class Transport:
    """Fetches from one base address ("" for none). Thread-safe; `close` when done.

    `folder` holds the cache file, None for no cache. `keep_for`: how long an answer is fresh;
    after that it is asked again, and shown as stale only if that fails. ValueError for a base
    address that is not http(s).
    """

    def __init__(
        self,
        base_url: str,
        folder: Path | None,
        *,
        breaker: Breaker,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        keep_for: timedelta = KEEP_FOR,
        timeout_s: tuple[float, float] = (CONNECT_S, READ_S),
    ) -> None:
        self.base_url = base_url.strip().rstrip("/")
        if self.base_url and urlsplit(self.base_url).scheme not in ("http", "https"):
            raise ValueError(f"the address of LMI for All must be http or https: {base_url!r}")
        self._timeout_s = timeout_s
        adapter = ServiceAdapter(urlsplit(self.base_url).path, breaker, clock, sleep)
        self._plain = _prepared(requests.Session(), adapter)
        self._cached = self._plain
        if self.base_url and folder is not None:
            self._cached = _prepared(_cached_session(folder, keep_for), adapter)

    def fetch(self, path: str, params: Mapping[str, str], *, keep: bool = True) -> Fetched | NoData:
        """The answer to `path?params`; with `keep` false neither read from the cache nor kept."""
        if not self.base_url:
            return NoData(Reason.NOT_CONFIGURED)
        try:
            if keep:
                try:
                    return self._send(self._cached, path, params)
                except (sqlite3.Error, AttributeError, KeyError, TypeError) as trouble:
                    # A damaged or full cache costs speed, never the answer.
                    log.warning("the cache of LMI for All cannot be used: %r", trouble)
            return self._send(self._plain, path, params)
        except NoAnswer as trouble:
            return trouble.no_data
        except (requests.RequestException, OSError) as trouble:
            return NoData(Reason.UNREACHABLE, type(trouble).__name__)

    def close(self) -> None:
        """Close connections and the cache."""
        self._plain.close()
        self._cached.close()

    def _send(
        self, session: requests.Session, path: str, params: Mapping[str, str]
    ) -> Fetched | NoData:
        response = session.get(
            f"{self.base_url}/{path}",
            params=dict(sorted(params.items())),
            timeout=self._timeout_s,
            allow_redirects=False,
        )
        body = decoded(response.content)
        if isinstance(body, NoData):
            return body
        receipt = Receipt(
            fetched_at=getattr(response, "created_at", None) or datetime.now(timezone.utc),
            stale=bool(
                getattr(response, "from_cache", False) and getattr(response, "is_expired", False)
            ),
        )
        if receipt.stale:
            log.info("LMI for All gave nothing new for %s: using %s", path, receipt.fetched_at)
        return Fetched(body, receipt)


def _prepared(session: requests.Session, adapter: HTTPAdapter) -> requests.Session:
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers.update({"Accept": "application/json", "User-Agent": "Signpost careers chat"})
    # The service needs no cookies, and a shared jar is the one part of a session that threads
    # would trip over.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _cached_session(folder: Path, keep_for: timedelta) -> requests.Session:
    """A session with its cache in `folder`, or a plain one where no file can be written there."""
    file = folder / "lmi-for-all.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _set_aside_if_damaged(file)
        return requests_cache.CachedSession(
            str(file),
            backend="sqlite",
            serializer="json",
            wal=True,
            expire_after=keep_for,
            stale_if_error=True,
            allowable_codes=(200,),
            allowable_methods=("GET",),
        )
    except (OSError, sqlite3.Error) as trouble:
        log.warning("no cache for LMI for All in %s: %s", folder, trouble)
        return requests.Session()


def _set_aside_if_damaged(file: Path) -> None:
    """Try the file before requests-cache does: it waits for ever on one that it cannot write."""
    connection = sqlite3.connect(file, timeout=2.0, isolation_level=None)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        connection.close()
        file.replace(file.with_suffix(".damaged"))
        log.warning("the cache of LMI for All was damaged and was set aside: %s", file)
    finally:
        connection.close()
