"""The web channel as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.advisers.mail.post import keep_posted
from bot.advisers.mail.server import MailServer
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.reminders import keep_reminded
from bot.channels.web.house import House
from bot.channels.web.origins import all_origins
from bot.channels.web.problems import ProblemFound, Problems
from bot.channels.web.readiness import Readiness
from bot.channels.web.rich_text import plain, rich
from bot.channels.web.routes import Handler, RouteRow, table
from bot.channels.web.shell import Shell
from bot.channels.web.static_files import StaticFiles
from bot.channels.web.tongues import ENGLISH, Tongues
from bot.console.desk import ConsoleDesk
from bot.console.frame import console_routes
from bot.console.pages import STATIC, Pages
from bot.gateway.adviser_talk.talk import AdviserTalk
from bot.gateway.broker import Broker
from bot.gateway.desk import AnswerBook, Clock, Desk, Screening
from bot.gateway.engine import EngineClient
from bot.gateway.gateway import Gateway
from bot.gateway.meeting_talk.talk import MeetingTalk
from bot.gateway.outage import Outage
from bot.gateway.rate_limit import RateLimit
from bot.gateway.record_talk.talk import RecordTalk
from bot.gateway.retention import keep_clocks
from bot.gateway.session_limit import keep_limit
from bot.gateway.session_sweep import keep_swept
from bot.gateway.turn import HelpUnstored, Refused
from bot.gateway.waiting_watch import keep_waiting_watched
from bot.gateway.watcher import watch
from bot.identity.destination_links import DestinationLinks
from bot.identity.oidc import Flows, Oidc
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.identity.tokens import Tokens
from bot.identity.wrong_tries import WrongTries
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.store import Store, StoreBusy
from bot.safeguarding.screen import Screen
from bot.settings import Settings
from knowledge.answers import Answers
from knowledge.browsing import Shelf
from knowledge.facts import day_told
from knowledge.wording import Wording

WIDGET = Path(__file__).resolve().parents[2] / "widget"


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    answers: AnswerBook | None = None,
    library: Answers | None = None,
    screen: Screening | None = None,
    clock: Clock = now,
    widget: Path = WIDGET,
) -> Starlette:
    """The application; it opens the store and the way to the engine when it starts.

    `library` is what the pages of all answers show: the same as `answers` where that is whole.
    `widget` holds the folders `templates` and `static`. Content that cannot be used (answers,
    phrases, sentences) raises here, not while a reader waits.
    """
    if library is None:
        library = answers if isinstance(answers, Answers) else Answers.load()
    answers = library if answers is None else answers
    shelf = Shelf(library, Wording.load())
    screen = Screen.load() if screen is None else screen
    problems = Problems.load(most_chars=settings.message_max_chars)
    tongues = Tongues.load()
    pages = Environment(loader=FileSystemLoader(widget / "templates"), autoescape=True)
    pages.filters |= {"rich": rich, "day": day_told}
    pages.globals["_"] = tongues[ENGLISH].say  # a page in another language brings its own
    console_pages = Pages()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        keys = load_or_make(settings.secrets_dir)
        sealing = sealing_of(keys)
        await asyncio.to_thread(upgrade, settings.store_url, sealing=sealing)
        async with AsyncExitStack() as open_things:
            store = Store(settings.store_url, settings.store_wait_s)
            open_things.callback(store.close)
            engine = EngineClient(
                settings.engine_url,
                keys.engine_token,
                timeout_s=settings.engine_timeout_s,
                connections=settings.engine_connections,
            )
            open_things.push_async_callback(engine.close)
            gateway = Gateway(
                Desk(
                    settings=settings,
                    store=store,
                    engine=engine,
                    outage=Outage(),
                    broker=Broker(),
                    answers=answers,
                    screen=screen,
                    rate=RateLimit(settings.messages_per_minute),
                    clock=clock,
                    sealing=sealing,
                    record_talk=RecordTalk(sealing, library, Wording.load(), settings.public_url),
                    meeting_talk=MeetingTalk(sealing, Wording.load(), Notices.of(settings)),
                    adviser_talk=AdviserTalk(sealing, Wording.load(), settings.public_url),
                )
            )
            readiness = Readiness(engine, settings.actions_url)
            open_things.push_async_callback(readiness.close)
            await gateway.open()
            open_things.push_async_callback(gateway.close)
            oidc = Oidc()
            open_things.push_async_callback(oidc.close)
            school_id = await store.write(
                keep_school, settings.school_slug, settings.school_name, clock()
            )
            house = app.state.house = House(
                settings=settings,
                gateway=gateway,
                tokens=Tokens(keys.token_key, timedelta(hours=settings.token_max_age_hours)),
                problems=problems,
                pages=pages,
                tongues=tongues,
                shelf=shelf,
                readiness=readiness,
                new_conversations=RateLimit(settings.new_conversations_per_minute),
                link_pages=RateLimit(settings.new_conversations_per_minute),
                destination_links=DestinationLinks(keys.token_key),
                school_id=school_id,
                sealing=sealing,
                oidc=oidc,
                flows=Flows(keys.token_key),
                wrong_codes=WrongTries(
                    per_address=settings.wrong_codes_per_address,
                    per_school=settings.wrong_codes_per_school,
                    window_s=settings.wrong_codes_minutes * 60,
                ),
                operator_key=keys.operator_key,
                passport_key=keys.passport_key,
            )
            app.state.console = ConsoleDesk(
                settings=settings,
                store=store,
                sealing=sealing,
                clock=clock,
                gateway=gateway,
                school_id=school_id,
                pages=console_pages,
                oidc=oidc,
                flows=house.flows,
                address_of=house.address_of,
                form_key=keys.token_key,
            )
            background = (
                watch(gateway),
                keep_limit(gateway),
                keep_swept(gateway.desk, school_id),
                keep_clocks(gateway, sealing, school_id),
                keep_waiting_watched(gateway, school_id),
                keep_posted(store, sealing, school_id, MailServer.of(settings), clock),
                keep_reminded(store, sealing, school_id, Notices.of(settings), clock),
            )
            for work in background:
                open_things.push_async_callback(_stop, asyncio.create_task(work))
            yield

    return Starlette(
        routes=[
            *_routes(table(widget / "static", tongues.files()), settings),
            *console_routes(StaticFiles(STATIC).__call__),
        ],
        middleware=[Middleware(Shell, problems=problems, tongues=tongues)],
        exception_handlers=_handlers(problems, tongues),
        lifespan=lifespan,
    )


async def _stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})


def _routes(rows: tuple[RouteRow, ...], settings: Settings) -> list[Route]:
    """One Starlette route for each path, so that a wrong method is told apart from no path."""
    by_path: dict[str, list[RouteRow]] = {}
    for row in rows:
        by_path.setdefault(row.path, []).append(row)
    sharing = Middleware(
        CORSMiddleware,
        allow_origins=all_origins(settings),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    routes = []
    for path, listed in by_path.items():
        handlers = {row.method: row.handler for row in listed}
        shared = any(row.shared for row in listed)
        # A preflight is answered by the middleware; without an Origin there is none to answer.
        routes.append(
            Route(
                path,
                _dispatch(handlers),
                methods=[*handlers, "OPTIONS"] if shared else [*handlers],
                middleware=[sharing] if shared else None,
            )
        )
    return routes


def _dispatch(handlers: dict[str, Handler]) -> Handler:
    async def handle(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in handlers:
            raise HTTPException(405, headers={"Allow": ", ".join(handlers)})
        return await handlers[method](request)

    return handle


def _handlers(
    problems: Problems, tongues: Tongues
) -> dict[Any, Callable[[Request, Any], Awaitable[Response]]]:
    """How each exception that a route may end with is told to the reader."""

    async def found(request: Request, problem: ProblemFound | Refused) -> Response:
        tongue = tongues.of(request)
        return problems.response(problem.kind, tongue=tongue, retry_after_s=problem.retry_after_s)

    async def busy(request: Request, problem: StoreBusy) -> Response:
        return problems.response("store-busy", tongue=tongues.of(request), retry_after_s=2)

    async def help_unstored(request: Request, problem: HelpUnstored) -> Response:
        message = problem.message
        return problems.response("help-unstored", detail=plain(message["text"]), messages=[message])

    async def http(request: Request, problem: HTTPException) -> Response:
        kind = {404: "not-found", 405: "wrong-method"}.get(problem.status_code, "failed")
        response = problems.response(kind, tongue=tongues.of(request))
        response.headers.update(problem.headers or {})
        return response

    return {
        ProblemFound: found,
        Refused: found,
        StoreBusy: busy,
        HelpUnstored: help_unstored,
        HTTPException: http,
    }
