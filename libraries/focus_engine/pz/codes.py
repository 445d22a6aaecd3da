"""Every code that a check can report, its weight, and what it means."""

from focus_engine.checks.finding import FindingCode, Severity
from focus_engine.reading.codes import ReadingCode


class PzCode(FindingCode):
    """A kind of finding: `id`, meaning and default severity. Ids never change their meaning."""

    # Reading a file.
    EMPTY = ReadingCode.EMPTY.value
    BOM = ReadingCode.BOM.value
    NOT_UTF8 = ReadingCode.NOT_UTF8.value
    SYNTAX = ReadingCode.SYNTAX.value
    DUPLICATE_KEY = ReadingCode.DUPLICATE_KEY.value
    NOT_FINITE = ReadingCode.NOT_FINITE.value
    OVERFLOW = ReadingCode.OVERFLOW.value
    TRAILING_DATA = ReadingCode.TRAILING_DATA.value
    UNRESOLVED = ReadingCode.UNRESOLVED.value
    TOO_LARGE = ReadingCode.TOO_LARGE.value
    SEVERAL_DOCUMENTS = ReadingCode.SEVERAL_DOCUMENTS.value
    CUSTOM_TAG = ReadingCode.CUSTOM_TAG.value
    AMBIGUOUS_BOOLEAN = ReadingCode.AMBIGUOUS_BOOLEAN.value
    AMBIGUOUS_NUMBER = ReadingCode.AMBIGUOUS_NUMBER.value
    AMBIGUOUS_TIME = ReadingCode.AMBIGUOUS_TIME.value
    KEY_NOT_TEXT = ReadingCode.KEY_NOT_TEXT.value
    TOO_DEEP = ReadingCode.TOO_DEEP.value
    ALIAS_ABUSE = ReadingCode.ALIAS_ABUSE.value
    DIRECTIVE = ReadingCode.DIRECTIVE.value
    FILE_MISSING = ReadingCode.FILE_MISSING.value
    # Schema.
    MISSING = ("CF010", "a required key is missing")
    UNKNOWN = ("CF011", "a key that the schema does not know")
    WRONG_TYPE = ("CF012", "a value has another type")
    FLOAT_FOR_INTEGER = ("CF013", "a number with a point stands where an integer is required")
    NOT_ALLOWED_VALUE = ("CF014", "a value is not one of the allowed ones")
    OUT_OF_RANGE = ("CF015", "a number is outside its range")
    WRONG_LENGTH = ("CF016", "a list, mapping or text has the wrong length")
    WRONG_FORM = ("CF017", "a text does not have the required form")
    WRONG_COMBINATION = ("CF018", "values that are not allowed together")
    # Modules.
    REMOVED_MODULE_REFERENCED = ("CF020", "the configuration still needs a module that was removed")
    UNKNOWN_MODULE = ("CF021", "the configuration names a module nobody knows")
    MODULE_NOT_REFERENCED = ("CF022", "nothing refers to this module any more", Severity.WARN)
    MODULE_TWICE = ("CF023", "a module is listed twice")
    DYNAMIC_MODULES = (
        "CF024",
        "part of the module list is computed, and the file is never executed",
        Severity.UNDECIDED,
    )
    NO_MODULE_LIST = ("CF025", "the file defines no module list under that name")
    NO_REFERENCES = (
        "CF026",
        "no selector found a module reference, so nothing was compared",
        Severity.UNDECIDED,
    )
    UNREAD = (
        "CF027",
        "what is compared with, or asked about, a file that could not be read is not judged",
        Severity.UNDECIDED,
    )
    # The change that was reverted, and the recorders.
    REVERTED_CHANGE_LEFT = ("CF040", "a piece of the reverted change is still there")
    RECORDER_MISSING = ("CF041", "a recorder type is not defined")
    RECORDER_UNKNOWN = ("CF042", "a recorder type that the profile does not list", Severity.WARN)
    # Names that lead from one part to another.
    LINK_BROKEN = ("CF043", "a name leads to nothing: no such queue, file or service")
    NAME_TWICE = ("CF044", "a name that identifies something stands twice")
    LINK_NOWHERE = ("CF045", "a link found nothing to compare", Severity.UNDECIDED)
    # Effective parameters.
    PARENT_MISSING = ("AC001", "parent_config names a file that is not there")
    PARENT_LOOP = ("AC002", "parent_config leads back to the same file")
    PARENT_OUTSIDE = ("AC003", "parent_config leaves the configuration folder")
    NOT_A_MAPPING = ("AC004", "a parameter file holds no mapping")
    SHAPE_REPLACED = ("AC005", "a layer replaces a mapping by a value, or reverse", Severity.WARN)
    PARENT_NOT_TEXT = ("AC006", "parent_config is not the name of a file")
    WRONG_ORIGIN = ("AC009", "a parameter comes from another file than expected")
    EFFECT_NOT_SEEN = ("AC010", "the server's answer does not show the value of a parameter")
    # Difference to the reviewed baseline.
    ADDED = ("DF001", "not in the baseline", Severity.UNDECIDED)
    REMOVED = ("DF002", "in the baseline, and gone")
    TYPE_CHANGED = ("DF003", "another type than in the baseline")
    VALUE_CHANGED = ("DF004", "another value than in the baseline", Severity.UNDECIDED)
    REORDERED = ("DF005", "the same items in another order", Severity.UNDECIDED)
    LENGTH_CHANGED = (
        "DF006",
        "a list has another length than in the baseline",
        Severity.UNDECIDED,
    )
    RENAMED_CANDIDATE = (
        "DF007",
        "a removed and an added key look like a rename",
        Severity.UNDECIDED,
    )
    NO_BASELINE = ("DF010", "there is no reviewed baseline to compare with", Severity.UNDECIDED)
    # The team's own checker.
    CHECKER_FINDING = ("EX001", "the external checker found a fault")
    CHECKER_SILENT = ("EX002", "the external checker failed without a finding")
    # The start log; the rules LG001…LG019 are data in log_rules.yaml.
    LOG_NOT_READY = ("LG020", "no line shows that the server became ready", Severity.UNDECIDED)
    LOG_TRUNCATED = ("LG021", "the beginning of the log is gone", Severity.UNDECIDED)
    LOG_EMPTY = ("LG022", "the log is empty", Severity.UNDECIDED)
    LOG_ALLOWANCE_EXPIRED = ("LG023", "an entry of the allow-list has expired")
    LOG_NO_STAMPS = ("LG024", "log lines carry no time stamps", Severity.UNDECIDED)
    LOG_ALLOWED = ("LG025", "a fault that the allow-list tolerates", Severity.WARN)
    LOG_LIMIT = ("LG026", "the log tells a limit that nobody agreed to")
