"""Words of a profile that keywords and commands take; light, because signatures name them."""

from enum import StrEnum


class Subject(StrEnum):
    """The three parts of the configuration; also the names that keywords and commands take."""

    HEATMAP_SUMMARY = "heatmap_summary"
    AUTOCFG = "autocfg"
    SUPERVISOR_MODULES = "supervisor_modules"


class ValueType(StrEnum):
    """A JSON type; an integer is a number too, 2447.0 is no integer here, `boolean` is neither."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"
    NULL = "null"
