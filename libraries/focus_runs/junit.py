"""Each case's tickets as properties of its testcase, which Robot's own JUnit writer does not do."""

from pathlib import Path
from xml.etree import ElementTree as ET

from robot.result import TestSuite

TICKET = "PZ-"
PROPERTY = "ticket"  # one for each ticket: a case may be part of several


def add_tickets(junit: Path, suite: TestSuite) -> None:
    """Write `junit`, made of `suite` by Robot, anew with the tickets."""
    tickets = {
        (case.parent.full_name, case.name): [tag for tag in case.tags if tag.startswith(TICKET)]
        for case in suite.all_tests
    }
    tree = ET.parse(junit)  # noqa: S314 - Robot has just written it
    for case in tree.iter("testcase"):
        named = tickets.get((case.get("classname", ""), case.get("name", "")), [])
        if named:
            properties = ET.Element("properties")
            for ticket in named:
                ET.SubElement(properties, "property", name=PROPERTY, value=ticket)
            case.insert(0, properties)
    tree.write(junit, encoding="UTF-8", xml_declaration=True)
