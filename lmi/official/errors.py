"""The one error of the readers of official files."""


class UnexpectedFile(Exception):
    """A file is not the official one; the message says what was expected, in one sentence or two.

    Whoever raises it has changed nothing yet.
    """
