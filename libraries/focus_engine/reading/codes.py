"""What can be wrong with a JSON or YAML file, whatever it is about."""

from focus_engine.checks.finding import FindingCode


class ReadingCode(FindingCode):
    """A departure from strict JSON or unambiguous YAML. Ids never change their meaning."""

    EMPTY = ("CF001", "the file is empty or holds only comments")
    BOM = ("CF002", "the file starts with a byte order mark, which parsers refuse")
    NOT_UTF8 = ("CF003", "the file is not UTF-8 text")
    SYNTAX = ("CF004", "the file is not valid JSON, YAML or Python")
    DUPLICATE_KEY = ("CF005", "a key stands twice; parsers silently keep the last")
    NOT_FINITE = ("CF006", "NaN or Infinity, which passes every range check")
    OVERFLOW = ("CF007", "a number is too large for a 64-bit integer or a float")
    TRAILING_DATA = ("CF008", "something follows the end of the JSON value")
    UNRESOLVED = ("CF009", "a ${VARIABLE} has no value")
    TOO_LARGE = ("CF029", "the file is too large to be a configuration")
    SEVERAL_DOCUMENTS = ("CF030", "the file holds more than one YAML document")
    CUSTOM_TAG = ("CF031", "a YAML tag that only one program understands")
    AMBIGUOUS_BOOLEAN = (
        "CF032",
        "yes, no, on or off without quotes: a boolean to some YAML parsers, text to others",
    )
    AMBIGUOUS_NUMBER = (
        "CF033",
        "a number such as 010, 1_000 or 1e3 that YAML parsers read differently",
    )
    AMBIGUOUS_TIME = (
        "CF034",
        "12:30:45 or a date without quotes: a number or date to some YAML parsers",
    )
    KEY_NOT_TEXT = ("CF035", "a mapping key is not text")
    TOO_DEEP = ("CF036", "the file is nested too deeply to be a configuration")
    ALIAS_ABUSE = ("CF037", "YAML aliases form a loop or expand without bound")
    DIRECTIVE = ("CF038", "a %YAML or %TAG line changes how the file is read")
    FILE_MISSING = ("CF039", "the file is not there or cannot be read")
