"""What may be said of an error in a log: its kind and place, never its words."""

from pathlib import Path
from traceback import extract_tb


def where_it_broke(problem: BaseException) -> str:
    """The error's kind and the lines it passed through, innermost last.

    An error's message can quote what a reader wrote, so it is left out.
    """
    steps = [
        f"{Path(step.filename).name}:{step.lineno}" for step in extract_tb(problem.__traceback__)
    ]
    cause = problem.__cause__ or problem.__context__
    kind = type(problem).__name__ + (f" after {type(cause).__name__}" if cause else "")
    return f"{kind} at {' > '.join(steps[-6:]) or 'an unknown place'}"
