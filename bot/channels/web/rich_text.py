"""Light Markdown to safe HTML and to plain text: bold, emphasis, lists, https links."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

_LINK = re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


class _HttpsOnly(MarkdownIt):
    """Markdown whose links lead to https addresses only; others stay the words they were."""

    def validateLink(self, url: str) -> bool:
        return url.startswith("https://")


def _parser() -> MarkdownIt:
    # From nothing, so that a new version of the library cannot bring HTML or images along.
    parser = _HttpsOnly("zero", {"html": False, "breaks": True})
    parser.enable(["emphasis", "link", "list", "newline", "escape"])
    parser.add_render_rule("link_open", _open_link)
    return parser


def _open_link(
    _self: RendererHTML, tokens: list[Token], index: int, _options: object, _env: object
) -> str:
    href = escapeHtml(str(tokens[index].attrGet("href") or ""))
    if not href:
        return "<a>"  # "[label]()": the words, leading nowhere
    return f'<a href="{href}" rel="noopener noreferrer">'


_PARSER = _parser()


def rich(text: str) -> Markup:
    """The light Markdown of a message as HTML; anything else in it is shown as it is."""
    return Markup(_PARSER.render(text))  # noqa: S704 - the parser escapes


def plain(text: str) -> str:
    """The light Markdown of a message as plain text, links as "label (address)"."""
    return _BOLD.sub(r"\1", _LINK.sub(r"\1 (\2)", text))
