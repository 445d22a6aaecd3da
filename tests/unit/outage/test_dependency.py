"""A name of the file of dependencies that is not known is refused, not left out."""

from pathlib import Path

import pytest

from focus_engine.environment import DEPENDENCIES
from focus_engine.outage.dependency import read_dependencies
from focus_engine.verdict import ToolError

OVERRIDES = "environments: {}"
UNKNOWN = {
    "environment": (OVERRIDES, "environments: {stagign: {mongodb: {port: 1}}}", "'stagign'"),
    "dependency": (OVERRIDES, "environments: {staging: {mongo: {port: 1}}}", "'mongo'"),
    "control": ("[api-server, rabbitmq]", "[api-sever, rabbitmq]", "'api-sever' of 'mongodb'"),
    "control of itself": ("[api-server, rabbitmq]", "[mongodb, rabbitmq]", "no control of its own"),
    "no control": ("[api-server, rabbitmq]", "[]", "controls' is "),
    "label of nothing": ("{app.kubernetes.io/instance: mongodb}", '{"": ""}', "labels"),
    "proxy elsewhere": ("proxy: mongodb", 'proxy: "../../reset"', "proxy' is "),
    "merged twice": (OVERRIDES, "environments: {<<: {}, <<: {}}", "'<<' stands twice"),
}


@pytest.mark.parametrize(("right", "wrong", "said"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_name_that_is_not_known(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    text = DEPENDENCIES.read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / "dependencies.yaml"
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ToolError, match=said):
        read_dependencies(file)


def test_the_projects_own_file() -> None:
    assert {*read_dependencies().dependencies} == {"mongodb", "rabbitmq"}
