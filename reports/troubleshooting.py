"""The page "Troubleshooting by message", made of the table of causes and the verdict words."""

from html import escape

from focus_engine.causes import TABLES, Cause, Whose
from reports.page import Link, page, table

WORDS = (
    ("no word", "The product failed what the name of the case promises.", "Write a ticket."),
    ("ERROR:", "The tool, the table or the environment; nothing is said of the product.", ""),
    ("UNDETERMINED:", "The case ran and could not be decided.", "The message says what would."),
    ("PRECONDITION:", "The system was not in the state that the case needs.", "Bring it there."),
    ("NOT ALLOWED:", "The environment's file does not allow it.", "Choose another environment."),
    ("NOT DEPLOYED:", "The endpoint does not exist on this server.", "Nothing, or deploy it."),
    ("NEEDS INPUT:", "The team must supply something.", "docs/pz-inputs-needed.md says what."),
    ("NOT RUN:", "The run ended before the case was its turn.", "Run it again."),
    ("KNOWN BUG PZ-…:", "It fails as the ticket says.", "Wait for the ticket."),
)


def troubleshooting() -> str:
    """The whole page, as HTML."""
    words = [[f"<code>{escape(word)}</code>", escape(what), escape(do)] for word, what, do in WORDS]
    parts = [
        "<h1>Troubleshooting by message</h1>",
        "<h2>The word a message starts with</h2>",
        table(("Starts with", "Means", "Do"), words),
        *(_section(title, causes) for title, causes in TABLES.items()),
    ]
    return page("Troubleshooting", "\n".join(parts), [Link("Start", "index.html")])


def _section(title: str, causes: tuple[Cause, ...]) -> str:
    rows = [[escape(one.what), _whose(one), escape(one.advice)] for one in causes]
    return f"<h2>{escape(title)}</h2>\n{table(('The message says', 'Whose it is', 'Do'), rows)}"


def _whose(cause: Cause) -> str:
    return "the product" if cause.whose is Whose.PRODUCT else "set-up"
