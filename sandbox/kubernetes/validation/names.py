"""Names, label keys and values, names of ports: what is legal, and the sentences if not.

Each function returns the sentences about what is wrong, none when all is well.
"""

import re

_DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_SUBDOMAIN = rf"{_DNS_LABEL}(\.{_DNS_LABEL})*"
_DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_KEY_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = f"({_KEY_NAME})?"
_LABEL_LENGTH = 63
_SUBDOMAIN_LENGTH = 253
_PORT_NAME_LENGTH = 15
_HIGHEST_PORT = 65535
_PARTS = 2

_KEY_EXAMPLES = ("MyName", "my.name", "123-abc")
_KEY_SENTENCE = (
    "must consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)


def dns_label(value: str) -> list[str]:
    """Names of namespaces."""
    if len(value) > _LABEL_LENGTH:
        return [_too_long(_LABEL_LENGTH)]
    return _unless(
        value,
        _DNS_LABEL,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
        "and must start and end with an alphanumeric character",
        "my-name",
        "123-abc",
    )


def dns_1035_label(value: str) -> list[str]:
    """Names of Services."""
    if len(value) > _LABEL_LENGTH:
        return [_too_long(_LABEL_LENGTH)]
    return _unless(
        value,
        _DNS_1035,
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
        "an alphabetic character, and end with an alphanumeric character",
        "my-name",
        "abc-123",
    )


def dns_subdomain(value: str) -> list[str]:
    """Names of most objects."""
    if len(value) > _SUBDOMAIN_LENGTH:
        return [_too_long(_SUBDOMAIN_LENGTH)]
    return _unless(
        value,
        _DNS_SUBDOMAIN,
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
        "'-' or '.', and must start and end with an alphanumeric character",
        "example.com",
    )


def label_key(value: str) -> list[str]:
    """Keys of labels, annotations and finalizers: `[prefix/]name`."""
    parts = value.split("/")
    if len(parts) > _PARTS:
        sentence = _sentence(_KEY_SENTENCE, _KEY_NAME, _KEY_EXAMPLES)
        optional = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {sentence} {optional}"]
    wrong = _prefix(parts[0]) if len(parts) == _PARTS else []
    name = parts[-1]
    if not name:
        wrong.append("name part must be non-empty")
    elif len(name) > _LABEL_LENGTH:
        wrong.append(f"name part {_too_long(_LABEL_LENGTH)}")
    if not re.fullmatch(_KEY_NAME, name):
        wrong.append(f"name part {_sentence(_KEY_SENTENCE, _KEY_NAME, _KEY_EXAMPLES)}")
    return wrong


def label_value(value: str) -> list[str]:
    """Values of labels."""
    wrong = [_too_long(_LABEL_LENGTH)] if len(value) > _LABEL_LENGTH else []
    return wrong + _unless(
        value,
        _LABEL_VALUE,
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
        "'.', and must start and end with an alphanumeric character",
        "MyValue",
        "my_value",
        "12345",
    )


def port_name(value: str) -> list[str]:
    """Names of ports."""
    checks = (
        (len(value) <= _PORT_NAME_LENGTH, _too_long(_PORT_NAME_LENGTH)),
        (
            re.fullmatch("[-a-z0-9]+", value),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (re.search("[a-z]", value), "must contain at least one letter (a-z)"),
        ("--" not in value, "must not contain consecutive hyphens"),
        (
            not value.startswith("-") and not value.endswith("-"),
            "must not begin or end with a hyphen",
        ),
    )
    return [sentence for is_fine, sentence in checks if not is_fine]


def port_number(value: int) -> list[str]:
    """Numbers of ports."""
    fine = 1 <= value <= _HIGHEST_PORT
    return [] if fine else [f"must be between 1 and {_HIGHEST_PORT}, inclusive"]


def _prefix(prefix: str) -> list[str]:
    if not prefix:
        return ["prefix part must be non-empty"]
    return [f"prefix part {sentence}" for sentence in dns_subdomain(prefix)]


def _unless(value: str, pattern: str, sentence: str, *examples: str) -> list[str]:
    return [] if re.fullmatch(pattern, value) else [_sentence(sentence, pattern, examples)]


def _sentence(sentence: str, pattern: str, examples: tuple[str, ...]) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{sentence} (e.g. {shown}regex used for validation is '{pattern}')"


def _too_long(limit: int) -> str:
    return f"must be no more than {limit} bytes"
