"""Which pages of other origins may talk to the chat."""

from starlette.requests import Request

from bot.settings import Settings


def all_origins(settings: Settings) -> list[str]:
    """Every origin on some school's list: what cross-origin answers are given to."""
    return sorted({origin for listed in settings.allowed_origins.values() for origin in listed})


def same_origin(request: Request) -> bool:
    """Whether the request comes from a page of this very origin, or from no page at all."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.url.netloc}"


def allowed_for_school(request: Request, settings: Settings, school: str) -> bool:
    """Whether the page that asks may begin conversations at the school."""
    if same_origin(request):
        return True
    return request.headers.get("origin") in settings.allowed_origins.get(school, ())
