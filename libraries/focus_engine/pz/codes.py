"""Every code that a check can report, its weight, and what it means."""

from enum import Enum, StrEnum


class Severity(StrEnum):
    """What one finding does to the verdict of its check."""

    FAIL = "fail"
    UNDECIDED = "undecided"
    WARN = "warn"


class Code(Enum):
    """A kind of finding: `id`, default severity, meaning. Ids never change their meaning."""

    # Reading a file.
    EMPTY = ("CF001", Severity.FAIL, "the file is empty or holds only comments")
    BOM = ("CF002", Severity.FAIL, "the file starts with a byte order mark, which parsers refuse")
    NOT_UTF8 = ("CF003", Severity.FAIL, "the file is not UTF-8 text")
    SYNTAX = ("CF004", Severity.FAIL, "the file is not valid JSON, YAML or Python")
    DUPLICATE_KEY = ("CF005", Severity.FAIL, "a key stands twice; parsers silently keep the last")
    NOT_FINITE = ("CF006", Severity.FAIL, "NaN or Infinity, which passes every range check")
    OVERFLOW = ("CF007", Severity.FAIL, "a number is too large for a 64-bit integer or a float")
    TRAILING_DATA = ("CF008", Severity.FAIL, "something follows the end of the JSON value")
    UNRESOLVED = ("CF009", Severity.FAIL, "a ${VARIABLE} has no value")
    TOO_LARGE = ("CF029", Severity.FAIL, "the file is too large to be a configuration")
    SEVERAL_DOCUMENTS = ("CF030", Severity.FAIL, "the file holds more than one YAML document")
    CUSTOM_TAG = ("CF031", Severity.FAIL, "a YAML tag that only one program understands")
    AMBIGUOUS_BOOLEAN = (
        "CF032",
        Severity.FAIL,
        "yes, no, on or off without quotes: a boolean to some YAML parsers, text to others",
    )
    AMBIGUOUS_NUMBER = (
        "CF033",
        Severity.FAIL,
        "a number such as 010, 1_000 or 1e3 that YAML parsers read differently",
    )
    AMBIGUOUS_TIME = (
        "CF034",
        Severity.FAIL,
        "12:30:45 or a date without quotes: a number or date to some YAML parsers",
    )
    KEY_NOT_TEXT = ("CF035", Severity.FAIL, "a mapping key is not text")
    TOO_DEEP = ("CF036", Severity.FAIL, "the file is nested too deeply to be a configuration")
    ALIAS_ABUSE = ("CF037", Severity.FAIL, "YAML aliases form a loop or expand without bound")
    DIRECTIVE = ("CF038", Severity.FAIL, "a %YAML or %TAG line changes how the file is read")
    FILE_MISSING = ("CF039", Severity.FAIL, "the file is not there or cannot be read")
    # Schema.
    MISSING = ("CF010", Severity.FAIL, "a required key is missing")
    UNKNOWN = ("CF011", Severity.FAIL, "a key that the schema does not know")
    WRONG_TYPE = ("CF012", Severity.FAIL, "a value has another type")
    FLOAT_FOR_INTEGER = ("CF013", Severity.FAIL, "2447.0 stands where an integer is required")
    NOT_ALLOWED_VALUE = ("CF014", Severity.FAIL, "a value is not one of the allowed ones")
    OUT_OF_RANGE = ("CF015", Severity.FAIL, "a number is outside its range")
    WRONG_LENGTH = ("CF016", Severity.FAIL, "a list, mapping or text has the wrong length")
    WRONG_FORM = ("CF017", Severity.FAIL, "a text does not have the required form")
    WRONG_COMBINATION = ("CF018", Severity.FAIL, "values that are not allowed together")
    # Modules.
    REMOVED_MODULE_REFERENCED = (
        "CF020",
        Severity.FAIL,
        "the configuration still needs a module that was removed",
    )
    UNKNOWN_MODULE = ("CF021", Severity.FAIL, "the configuration names a module nobody knows")
    MODULE_NOT_REFERENCED = ("CF022", Severity.WARN, "nothing refers to this module any more")
    MODULE_TWICE = ("CF023", Severity.FAIL, "a module is listed twice")
    DYNAMIC_MODULES = (
        "CF024",
        Severity.UNDECIDED,
        "part of the module list is computed, and the file is never executed",
    )
    NO_MODULE_LIST = ("CF025", Severity.FAIL, "the file defines no module list under that name")
    NO_REFERENCES = (
        "CF026",
        Severity.UNDECIDED,
        "no selector found a module reference, so nothing was compared",
    )
    # The change that was reverted, and the recorders.
    REVERTED_CHANGE_LEFT = ("CF040", Severity.FAIL, "a piece of the reverted change is still there")
    RECORDER_MISSING = ("CF041", Severity.FAIL, "a recorder type is not defined")
    RECORDER_UNKNOWN = ("CF042", Severity.WARN, "a recorder type that the profile does not list")
    # Effective parameters.
    PARENT_MISSING = ("AC001", Severity.FAIL, "parent_config names a file that is not there")
    PARENT_LOOP = ("AC002", Severity.FAIL, "parent_config leads back to the same file")
    PARENT_OUTSIDE = ("AC003", Severity.FAIL, "parent_config leaves the configuration folder")
    NOT_A_MAPPING = ("AC004", Severity.FAIL, "a parameter file holds no mapping")
    SHAPE_REPLACED = ("AC005", Severity.WARN, "a layer replaces a mapping by a value, or reverse")
    PARENT_NOT_TEXT = ("AC006", Severity.FAIL, "parent_config is not the name of a file")
    WRONG_ORIGIN = ("AC009", Severity.FAIL, "a parameter comes from another file than expected")
    EFFECT_NOT_SEEN = (
        "AC010",
        Severity.FAIL,
        "the server's answer does not show the value of a parameter",
    )
    # Difference to the reviewed baseline.
    ADDED = ("DF001", Severity.WARN, "not in the baseline")
    REMOVED = ("DF002", Severity.FAIL, "in the baseline, and gone")
    TYPE_CHANGED = ("DF003", Severity.FAIL, "another type than in the baseline")
    VALUE_CHANGED = ("DF004", Severity.WARN, "another value than in the baseline")
    REORDERED = ("DF005", Severity.WARN, "the same items in another order")
    LENGTH_CHANGED = ("DF006", Severity.WARN, "a list is longer or shorter than in the baseline")
    RENAMED_CANDIDATE = ("DF007", Severity.WARN, "one removed and one added key look like a rename")
    NO_BASELINE = ("DF010", Severity.UNDECIDED, "there is no reviewed baseline to compare with")
    # The team's own checker.
    CHECKER_FINDING = ("EX001", Severity.FAIL, "the external checker found a fault")
    CHECKER_SILENT = ("EX002", Severity.FAIL, "the external checker failed without a finding")
    # The start log; the rules LG001…LG019 are data in log_rules.yaml.
    LOG_NOT_READY = ("LG020", Severity.UNDECIDED, "no line shows that the server became ready")
    LOG_TRUNCATED = ("LG021", Severity.UNDECIDED, "the beginning of the log is gone")
    LOG_EMPTY = ("LG022", Severity.UNDECIDED, "the log is empty")
    LOG_ALLOWANCE_EXPIRED = ("LG023", Severity.FAIL, "an entry of the allow-list has expired")
    LOG_NO_STAMPS = ("LG024", Severity.UNDECIDED, "log lines carry no time stamps")
    LOG_ALLOWED = ("LG025", Severity.WARN, "a fault that the allow-list tolerates")

    def __init__(self, identifier: str, severity: Severity, meaning: str) -> None:
        self.id = identifier
        self.severity = severity
        self.meaning = meaning


def by_id(identifier: str) -> Code | None:
    """The code called `identifier`, in any letter case."""
    return next((code for code in Code if code.id == identifier.upper()), None)
