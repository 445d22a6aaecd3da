"""What everything rests on: `docs/dependencies.md` and `docs/sbom.cdx.json`, made of the locks.

Licences are those that the packages themselves declare, read where they are installed.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST, SBOM = ROOT / "docs" / "dependencies.md", ROOT / "docs" / "sbom.cdx.json"
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
CLASSIFIER = "License :: OSI Approved :: "
NOT_HERE = "not installed here"  # of another platform
LONGEST = 60  # some packages give the whole text as the name of their licence

HEAD = """# Dependencies

Made by `python3 focus.py lock`; do not edit. `sbom.cdx.json` beside it is the same list for
programs (CycloneDX). A licence is what the package declares of itself.

| package | version | licence | in |
|---|---|---|---|
"""


@dataclass(frozen=True)
class PinnedPackage:
    """A package that a lock pins, and the locks that it is in."""

    name: str
    version: str
    files: tuple[str, ...]

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(folder: Path = ROOT) -> list[PinnedPackage]:
    """Every package that the locks in `folder` pin, by name."""
    files: dict[tuple[str, str], list[str]] = {}
    for path in sorted(folder.glob("requirements*.lock")):
        for name, version in PIN.findall(path.read_text(encoding="utf-8")):
            files.setdefault((name, version), []).append(path.stem)
    return [PinnedPackage(*key, tuple(files[key])) for key in sorted(files)]


def licence_of(name: str) -> str:
    """The licence that the installed package `name` declares."""
    try:
        return _declared(metadata(name))
    except PackageNotFoundError:
        return NOT_HERE


def _declared(said: PackageMetadata) -> str:
    """The SPDX expression, else the classifiers, else the free text where it is a name."""
    for expression in said.get_all("License-Expression") or []:
        return str(expression)
    classifiers = [str(each) for each in said.get_all("Classifier") or []]
    named = [each.removeprefix(CLASSIFIER) for each in classifiers if each.startswith(CLASSIFIER)]
    if named:
        return "; ".join(named)
    text = "".join(said.get_all("License") or ["see its metadata"])
    return text if len(text) <= LONGEST and "\n" not in text else "see its metadata"


def as_markdown(dependencies: Sequence[PinnedPackage]) -> str:
    rows = [
        f"| {each.name} | {each.version} | {licence_of(each.name)} | {', '.join(each.files)} |"
        for each in dependencies
    ]
    return HEAD + "\n".join(rows) + "\n"


def as_sbom(dependencies: Sequence[PinnedPackage]) -> str:
    """CycloneDX 1.6, without time or serial number: the same locks make the same file."""
    components = [
        {
            "type": "library",
            "bom-ref": each.purl,
            "name": each.name,
            "version": each.version,
            "purl": each.purl,
            "licenses": [{"license": {"name": licence_of(each.name)}}],
        }
        for each in dependencies
    ]
    about = {"component": {"type": "application", "name": "focus-server-tests"}}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": about}
    head = json.dumps(document)[:-1]
    rows = ",\n".join(json.dumps(component) for component in components)
    return f'{head}, "components": [\n{rows}\n]}}\n'  # a line each: changes are seen one by one


if __name__ == "__main__":
    found = locked()
    LIST.write_text(as_markdown(found), encoding="utf-8")
    SBOM.write_text(as_sbom(found), encoding="utf-8")
