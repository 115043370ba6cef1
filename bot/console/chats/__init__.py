"""The room of chats: the queue, one conversation, search, ready phrases, referrals."""

from bot.console.chats import acting, chat, hours, live, phrases, queue, referring, searching
from bot.console.rows import HOME, ConsoleRow

_ONE = f"{HOME}/chats/{{chat}}"

ROWS = (
    ConsoleRow("GET", f"{HOME}/queue", "queue", queue.show, "queue"),
    ConsoleRow(
        "GET",
        f"{HOME}/queue/events",
        "queue",
        live.queue_events,
        "the queue as it changes",
        background=True,
    ),
    ConsoleRow("GET", f"{HOME}/chats", "queue", searching.show, "search chats"),
    ConsoleRow("POST", f"{HOME}/chats", "queue", searching.look, "what a search found"),
    ConsoleRow("GET", _ONE, "queue", chat.show, "a chat"),
    ConsoleRow(
        "GET", f"{_ONE}/events", "queue", live.chat_events, "a chat as it goes on", background=True
    ),
    ConsoleRow("POST", f"{_ONE}/signs", "chat", live.signs, "typing and seen", background=True),
    ConsoleRow("POST", f"{_ONE}/lines", "chat", acting.write_line, "write in a chat"),
    ConsoleRow("POST", f"{_ONE}/claim", "claim", acting.claim, "take a chat"),
    ConsoleRow("POST", f"{_ONE}/pass", "claim", acting.pass_on, "pass a chat on"),
    ConsoleRow("POST", f"{_ONE}/back", "claim", acting.hand_back, "hand a chat back"),
    ConsoleRow("POST", f"{_ONE}/snooze", "claim", acting.snooze, "put a chat off"),
    ConsoleRow("POST", f"{_ONE}/wake", "claim", acting.wake, "come back to a chat"),
    ConsoleRow("POST", f"{_ONE}/close", "claim", acting.close, "close a chat"),
    ConsoleRow("POST", f"{_ONE}/notes", "chat", acting.write_note, "write a private note"),
    ConsoleRow("POST", f"{_ONE}/tags", "chat", acting.tag, "tag a chat"),
    ConsoleRow("GET", f"{HOME}/phrases", "chat", phrases.show, "ready phrases"),
    ConsoleRow("POST", f"{HOME}/phrases", "chat", phrases.change, "change ready phrases"),
    ConsoleRow("GET", f"{HOME}/refer", "tutor_refer", referring.show, "refer a pupil"),
    ConsoleRow("POST", f"{HOME}/refer", "tutor_refer", referring.send, "pass a referral on"),
    ConsoleRow("GET", f"{HOME}/hours", "school_settings", hours.show, "when advisers are there"),
    ConsoleRow("POST", f"{HOME}/hours", "school_settings", hours.change, "change the hours"),
    ConsoleRow("GET", f"{HOME}/referrals", "referrals", referring.listed, "referrals"),
    ConsoleRow("POST", f"{HOME}/referrals", "referrals", referring.act, "deal with a referral"),
)
