"""A second invented PZ that spells everything differently: only its profile knows."""

import json
from pathlib import Path

HEATMAP = """\
maps:
  north: {kind: Alpha, run: rec.alpha, every: 5}
  south: {kind: Beta, run: rec.beta, every: 7}
"""
BASE = "limits: {most: 4}\nowner: ${OWNER}\n"
PART = "inherits: base.yml\nengine: {class: engines.fast}\nlimits: {most: 6}\n"
MODULES = """\
class Allowed:
    ALPHA = "rec.alpha"
    BETA = "rec.beta"


FAST: list[str] = ["engines.fast"]
"""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA = {
    "$schema": DIALECT,
    "x-status": "observed",
    "x-source": "second set",
    "type": "object",
    "required": ["maps"],
    "properties": {
        "maps": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["kind", "run", "every"],
                "properties": {"every": {"type": "integer", "minimum": 1}},
            },
        }
    },
}
PARAMETERS = {
    "$schema": DIALECT,
    "x-status": "observed",
    "x-source": "second set",
    "type": "object",
    "required": ["core"],
}
FACT = {"status": "observed", "source": "second set"}
PROFILE = {
    "description": "second set",
    "status": "observed",
    "files": "tree",
    "variables": {"OWNER": "nobody"},
    "heatmap_summary": {
        **FACT,
        "path": "conf/maps.yml",
        "format": "yaml",
        "schema_file": "maps.schema.json",
        "baseline": None,
        "recorders": {"selector": "$.maps.*.kind", "expected": ["Alpha", "Beta"]},
        "parameters": {"period": {"selector": "$.maps.*.every", "type": "integer"}},
    },
    "autocfg": {
        **FACT,
        "root": "params",
        "components": {"core": "core.yml"},
        "parent_key": "inherits",
        "schema_file": "params.schema.json",
        "baseline": None,
        "agreed": {"job life": {"name": "core.limits.most", "value": 6, "origin": "core.yml"}},
    },
    "supervisor_modules": {
        **FACT,
        "path": "allowed.py",
        "lists": [{"kind": "class", "name": "Allowed"}, {"kind": "assign", "name": "FAST"}],
        "references": [
            {"subject": "heatmap_summary", "selector": "$.maps.*.run", "pattern": "^(.+)$"},
            {"subject": "autocfg", "selector": "$.**.class", "pattern": "^(.+)$"},
        ],
        "baseline": None,
    },
    "comparison": {"identity": [], "policy": []},
    "reverted": {
        **FACT,
        "traces": [{"subject": "autocfg", "selector": "$.core.legacy", "meaning": "legacy"}],
    },
    "external_checker": None,
    "live": {
        **FACT,
        "container": "server",
        "deployed": [{"file": "conf/maps.yml", "pod_path": "/etc/maps.yml"}],
        "log_rules": "rules.yaml",
        "effects": [],
    },
}
RULES = {
    **FACT,
    "ready": ["^READY$"],
    "rules": [{"id": "LG001", "name": "a traceback", "scope": "traceback", "pattern": "^"}],
    "allow": [],
    "crash_explanations": [],
}


def write_second_set(profiles: Path) -> Path:
    """Profile `second` below `profiles`. JSON is YAML, so one writer does for all."""
    folder = profiles / "second"
    texts = {
        "tree/conf/maps.yml": HEATMAP,
        "tree/params/base.yml": BASE,
        "tree/params/core.yml": PART,
        "tree/allowed.py": MODULES,
        "schemas/maps.schema.json": json.dumps(SCHEMA),
        "schemas/params.schema.json": json.dumps(PARAMETERS),
        "profile.yaml": json.dumps(PROFILE),
        "rules.yaml": json.dumps(RULES),
    }
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
