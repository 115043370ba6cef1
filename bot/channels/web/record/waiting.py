"""My record: what came in a file of the school's and waits for the pupil's yes."""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.house import House
from bot.channels.web.record.asking import back, for_pupil, see, write
from bot.identity.sessions import Session
from bot.records.guidance.imported import answer_imported
from bot.records.guidance.lines import NoLine
from bot.records.guidance.proposals import NoProposal


@for_pupil
async def answer(request: Request, house: House, session: Session) -> Response:
    """POST /record/waiting/{proposal}/yes and …/no: it becomes a line, or nothing of it is kept."""
    yes = request.url.path.endswith("/yes")
    try:
        line = await write(
            house, session, answer_imported, request.path_params["proposal"], yes=yes
        )
    except NoProposal:
        raise NoLine from None
    return see("/record#hopes") if line is None else back(line.id)
