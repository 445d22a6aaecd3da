"""The whole corpus, by name."""

from functools import cache

from focus_corpus.claims import claim_entry, claims, more_claims
from focus_corpus.entry import CorpusEntry
from focus_corpus.layers import layers
from focus_corpus.messages import messages
from focus_corpus.streams import streams
from focus_corpus.summaries import more_summaries, summaries
from focus_engine.verdict import ToolError

__all__ = ["asked_claims", "asked_summaries", "claim_entry", "corpus", "entry_called"]


@cache
def corpus() -> dict[str, CorpusEntry]:
    """Every entry by its name, which is unique."""
    entries = [*claims(), *messages(), *streams(), *layers(), *summaries()]
    return {entry.name: entry for entry in entries}


def asked_claims() -> list[CorpusEntry]:
    """What PZ's own dtype check is asked about."""
    return [*claims(), *more_claims()]


def asked_summaries() -> list[CorpusEntry]:
    """What PZ's own check of summaries is asked about."""
    return [*summaries(), *more_summaries()]


def entry_called(name: str) -> CorpusEntry:
    """Raises ToolError with the known names."""
    known = corpus()
    if name not in known:
        raise ToolError(f"the corpus has no entry '{name}'. Known are: {', '.join(known)}.")
    return known[name]
