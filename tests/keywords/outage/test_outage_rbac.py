"""The Role under deploy/rbac has exactly the verbs that are used: no fewer, and no more."""

from pathlib import Path

import yaml
from keywords.conftest import RobotRun, Sandbox

ROLES = Path(__file__).parents[3] / "deploy" / "rbac"
EVERY_KEYWORD = """\
*** Settings ***
Library    OutageLibrary

*** Test Cases ***
Broken By Hand
    Outage Preflight    mongodb
    ${outage} =    Start Outage    mongodb    established=accept    backend=networkpolicy
    Break Established Connections    ${outage}
    Renew Outage    ${outage}
    List Outages
    Sweep Expired Outages
    Stop Outage    ${outage}
Pods Deleted
    ${outage} =    Start Outage    mongodb    backend=pod_deletion
    Stop Outage    ${outage}
Watched
    ${before} =    Snapshot Side Effects
    Side Effects Should Be Empty    ${before}    settle=100 ms
Looked At
    Dependency Should Be Reachable    rabbitmq
    Control Targets Should Be Reachable    mongodb
"""
# What is asked of kinds that the rows above do not use, and where.
OTHERS = {
    ("patch", "deployments"): "focus_engine.pz.live.kubernetes_cluster",
    ("get", "configmaps"): "focus_engine.pz.live.kubernetes_cluster",
    ("list", "events"): "focus_engine.pz.live.kubernetes_cluster",
    ("update", "leases"): "the lock, when it is taken over from a dead run or promised anew",
    # A WebSocket begins as GET, and servers before 1.35 ask for that verb.
    ("get", "pods/exec"): "focus_engine.kubernetes.exec",
}
# Asked for wherever it is granted, and never granted by this Role.
ASKED_IN_VAIN = {("list", "secrets")}


def granted() -> set[tuple[str, str]]:
    documents = [
        document
        for path in ROLES.glob("*role.yaml")
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]
    return {
        (verb, resource)
        for document in documents
        for rule in document["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def test_role_has_exactly_the_verbs_that_are_used(run_robot: RobotRun, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/faults", {"pods-return-after": 0.2})
    cases = run_robot.suite(EVERY_KEYWORD)
    assert {name: case.message for name, case in cases.items() if case.status != "PASS"} == {}
    used = {(verb, resource) for verb, resource in sandbox.control("GET", "/rights")}
    reviews = {("create", "selfsubjectaccessreviews")}  # which everybody may
    assert used - granted() - reviews == ASKED_IN_VAIN, "used, but not in the Role"
    assert granted() - used - set(OTHERS) == set(), "in the Role, but not used"
