"""`docs/pz-inputs-needed.md`, generated from the placeholders of a profile."""

from collections.abc import Sequence

from focus_engine.pz.profile import Profile
from focus_engine.status import Basis, Status

_HEAD = """\
# What the PZ checks need from the team

Generated from profile `{name}` by `python3 focus.py pz explain --profile {name} --inputs`; do not
edit. The cases that rest on a placeholder skip with `NEEDS INPUT:` and the text of the second
column; the others stay UNDETERMINED where their row says so. Supplying a row means replacing files
in `variables/pz/{name}/`; no code changes. The whole list is about one hour of the team's time.

| part | what is needed | what is known until then |
|---|---|---|
"""
_TAIL = """\

How to hand it over

1. Put the files as they are in a folder outside the repository; secrets stay there.
2. `python3 focus.py pz validate --profile {name} --files FOLDER` reads them strictly.
3. Enter the paths in `variables/pz/{name}/profile.yaml`, what was learnt of arrays in its
   `arrays.yaml`, replace the schemas, and set `status` to `observed`, `specified` or
   `team-approved` with its source.
4. `python3 focus.py pz baseline --profile {name} --files FOLDER --write FOLDER` writes baselines
   (secrets as hashes) for review; commit the reviewed ones.
"""


def inputs_needed(profile: Profile) -> str:
    """The document as Markdown text."""
    body = "".join(_row(part) for part in placeholders(profile))
    name = profile.name
    return _HEAD.format(name=name) + (body or "| nothing | | |\n") + _TAIL.format(name=name)


def placeholders(profile: Profile) -> Sequence[Basis]:
    """The parts of the profile, and its schemas, for which something is still needed."""
    parts = list(profile.facts())
    schemas = (profile.file.heatmap_summary, profile.file.autocfg)
    for part in schemas:
        schema = profile.schema(part.schema_file)
        if schema is not None and not part.needs:
            needs = f"a reviewed {schema.name}" if schema.status is Status.PLACEHOLDER else ""
            parts.append(Basis(f"schema {schema.name}", schema.status, schema.source, needs))
    return [part for part in parts if part.placeholder or part.needs]


def _row(part: Basis) -> str:
    cells = (part.what, part.needs, part.source)
    return "| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in cells) + " |\n"
