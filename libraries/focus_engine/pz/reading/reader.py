"""Reading a configuration file in the format that the profile states."""

from collections.abc import Mapping
from pathlib import Path as FilePath

from focus_engine.checks.finding import Finding
from focus_engine.masking import in_options, learn
from focus_engine.pz.reading.variables import substitute_tree
from focus_engine.pz.selector import walk
from focus_engine.reading.document import Format, Loaded, read_bytes
from focus_engine.reading.json_reader import read_json
from focus_engine.reading.yaml_reader import read_yaml


def read(content: bytes, name: str, form: Format) -> Loaded:
    """Parse `content` strictly; `name` is what findings call the file.

    What stands behind an option that names a secret is masked from then on: of a word alone its
    path does not tell.
    """
    loaded = read_json(content, name) if form is Format.JSON else read_yaml(content, name)
    if loaded.document is not None:
        for _, value in walk(loaded.document.data):
            if isinstance(value, list):
                learn(*in_options(value))
    return loaded


def read_file(
    file: FilePath, name: str, form: Format, variables: Mapping[str, str] | None = None
) -> Loaded:
    """Read and parse `file`; `${…}` is resolved from `variables`, and a finding where it is not."""
    content = read_bytes(file, name)
    if isinstance(content, Finding):
        return Loaded.failed(content)
    loaded = read(content, name, form)
    if loaded.document is None:
        return loaded
    document, missing = substitute_tree(loaded.document, variables or {})
    return Loaded(document, (*loaded.findings, *missing))
