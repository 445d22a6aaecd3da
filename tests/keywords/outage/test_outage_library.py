"""OutageLibrary driven by Robot on the sandbox: what a tester sees of outages."""

import json
import re
from collections.abc import Callable

import pytest
from keywords.conftest import Case, RobotRun, Sandbox

HEAD = """\
*** Settings ***
Library    Collections
Library    OutageLibrary
Test Teardown    Stop All Outages

*** Test Cases ***
"""
NO_PROXY = {"FOCUS_TOXIPROXY_URL": ""}
Run = Callable[..., dict[str, Case]]


@pytest.fixture
def run(run_robot: RobotRun) -> Run:
    return lambda cases, **variables: run_robot.suite(HEAD + cases, **variables)


def cni(sandbox: Sandbox, name: str) -> None:
    sandbox.control("PUT", "/cni", {"cni": name})


def passed(cases: dict[str, Case]) -> bool:
    return {name: case.message for name, case in cases.items() if case.status != "PASS"} == {}


LIFE = """\
Life Of An Outage
    ${outage} =    Start Outage    mongodb    SCOPE    ttl=30 s
    Should Be Equal As Strings    ${outage.established}    broken
    Outage Should Be Effective    ${outage}    both    times=2
    Renew Outage    ${outage}    ttl=40 s
    ${there} =    List Outages
    ${kinds} =    Evaluate    sorted({each['kind'] for each in $there})
    Should Be Equal    ${kinds}    ${{['Job', 'Lease', 'NetworkPolicy']}}
    ${lifted} =    Stop Outage    ${outage.id}
    Should Be True    ${lifted} > ${outage.t_enforced}
    ${again} =    Stop Outage    ${outage}
    Should Be Equal    ${again}    ${lifted}
    Dependency Should Be Reachable    mongodb
    ${left} =    List Outages
    Should Be Empty    ${left}
    ${evidence} =    Get Outage Evidence    ${outage}
    Should Be Equal    ${evidence}[state]    lifted
    Should Match Regexp    ${evidence}[new_connections]    refused|several ways
"""  # a probe of a busy machine may time out before it is refused


@pytest.mark.parametrize("scope", ["server", "client"])
def test_life_of_an_outage(run: Run, scope: str, tmp_path) -> None:
    case = run(LIFE.replace("SCOPE", scope), **NO_PROXY)["Life Of An Outage"]
    assert case.status == "PASS", case.message
    assert "NetworkPolicy, then ss -K" in case.html
    assert re.search("[0-9] x refused after", case.html)  # repeated probes are one row
    (stored,) = tmp_path.glob("outages/*.json")
    kept = json.loads(stored.read_text(encoding="utf-8"))
    assert kept["policy"]["metadata"]["ownerReferences"][0]["kind"] == "Job"
    assert any(probe["phase"] == "established" for probe in kept["probes"])
    assert "Bearer" not in case.log


FAULTS = "\n".join(
    f"{fault}\n"
    f"    ${{outage}} =    Start Proxy Fault    mongodb    {fault}    {amount}    ttl=30 s\n"
    f"    Should Be Equal As Strings    ${{outage.new_connections}}    {seen}\n"
    f"    Should Be Equal As Strings    ${{outage.established}}    {established}\n"
    f"    Outage Should Be Effective    ${{outage}}    times=1\n"
    for fault, amount, seen, established in (
        ("down", 0, "refused", "cut"),
        ("hang", 0, "timed out", "cut"),
        ("reset", 0, "reset", "cut"),
        ("latency", 300, "slow", "impaired"),
        ("bandwidth", 1, "slow", "impaired"),
        ("cut_after", 1000, "cut mid-reply", "impaired"),
    )
)


def test_faults_of_a_proxy(run: Run) -> None:
    cases = run(FAULTS)
    assert passed(cases), {name: case.message for name, case in cases.items()}
    assert len(cases) == 6


ALONE = """\
Policy Alone
    ${outage} =    Start Outage    mongodb    ttl=30 s    backend=networkpolicy
    Log    method: ${outage.method}; established: ${outage.established}
"""
ACCEPTED = """\
Accepted
    ${outage} =    Start Outage    rabbitmq    ttl=30 s    established=accept
    Log    established: ${outage.established}; only: ${outage.new_connections_only}
"""


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("connections", "SKIP", "UNDETERMINED: new connections to mongodb failed, but one that"),
        ("packets", "PASS", "method: NetworkPolicy; established: cut"),
        ("none", "SKIP", "PRECONDITION: mongodb was still reachable 3 s after the NetworkPolicy"),
    ],
)
def test_policy_alone_by_network(
    run: Run, sandbox: Sandbox, name: str, status: str, said: str
) -> None:
    cni(sandbox, name)
    # On a busy machine one try of a second may come late, where nothing holds it up.
    for _ in range(3):
        case = run(ALONE)["Policy Alone"]
        if "failed only now and then" not in case.message:
            break
    assert case.status == status
    assert said in (case.log if status == "PASS" else case.message)


def test_connections_that_may_live_on_are_labelled(run: Run) -> None:
    cases = run(ALONE.replace("backend=networkpolicy", "") + ACCEPTED)
    assert "method: proxy down; established: cut" in cases["Policy Alone"].log
    assert "established: alive; only: True" in cases["Accepted"].log


WITHOUT_PROXY = """\
Without A Proxy
    ${outage} =    Start Outage    mongodb    ttl=30 s
    Log    method: ${outage.method}
"""


def test_where_neither_proxy_nor_killing_is_allowed_it_is_undetermined(run: Run, faults) -> None:
    faults("ephemeral-containers-refused")
    case = run(WITHOUT_PROXY, **NO_PROXY)["Without A Proxy"]
    assert case.status == "SKIP"
    assert case.message.startswith("UNDETERMINED: connections of pod panda-panda-focus-server-")
    assert case.message.endswith("It was lifted.")


REFUSED = """\
Short
    Start Outage    mongodb    ttl=1 s
Long
    Start Outage    mongodb    ttl=16 min
Unknown
    Start Outage    oracle
Scope
    Start Outage    mongodb    everywhere
Amount
    Start Proxy Fault    mongodb    latency
Nothing
    Stop Outage    mongodb-server-000000
Targets
    Control Targets Should Be Reachable    mongodb    ${{['oracle']}}
Times
    Dependency Should Be Reachable    mongodb    times=0
Overlapping
    Start Outage    mongodb    established=accept
    Start Outage    rabbitmq    established=accept
"""


def test_wrong_arguments_are_sentences(run: Run) -> None:
    cases = run(REFUSED)
    said = {name: case.message for name, case in cases.items()}
    assert {case.status for case in cases.values()} == {"FAIL"}
    assert said["Short"] == "ERROR: ttl is 1 s; it must be from 2 s to 900 s."
    assert said["Long"] == "ERROR: ttl is 960 s; it must be from 2 s to 900 s."
    assert said["Unknown"] == (
        "ERROR: dependency 'oracle' is not known. Known are: mongodb, rabbitmq."
    )
    assert "Argument 'scope' got value 'everywhere'" in said["Scope"]
    assert "needs an amount above 0: milliseconds" in said["Amount"]
    assert "there is no outage 'mongodb-server-000000' in this process" in said["Nothing"]
    assert "oracle is no control target" in said["Targets"]
    assert "times is 0" in said["Times"]
    assert "of mongodb is not over, and outages do not overlap" in said["Overlapping"]


START = """\
Started
    Start Outage    mongodb    ttl=30 s    backend=networkpolicy    established=accept
"""


def test_production_is_refused(run: Run) -> None:
    case = run(START, FOCUS_ENVIRONMENT="kefar_saba")["Started"]
    assert case.status == "SKIP"
    assert case.message == (
        "NOT ALLOWED: An outage of mongodb is refused: environment 'kefar_saba' is production."
    )


def test_namespace_must_opt_in(run: Run, faults) -> None:
    faults("namespace-without-opt-in")
    case = run(START)["Started"]
    assert case.status == "SKIP"
    assert "lacks the annotation focus-server-tests/disruptive=allowed" in case.message


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("rbac-without-create", "SKIP", "the account may not create networkpolicies"),
        ("exec-refused", "SKIP", "the account may not create pods/exec"),
        ("api-unavailable", "FAIL", "ERROR: Kubernetes refused"),
        ("api-lost-reply-on-create", "FAIL", "ERROR: Kubernetes did not answer for creating"),
    ],
)
def test_what_the_cluster_refuses_is_named(
    run: Run, faults, fault: str, status: str, said: str
) -> None:
    faults(fault)
    case = run(START)["Started"]
    assert case.status == status
    assert said in case.message
    faults()
    assert passed(run("Left\n    ${left} =    List Outages\n    Should Be Empty    ${left}\n"))


BOTH = """\
Body Fails
    With Outage    mongodb    Fail    history should be refused    established=accept
Body Passes
    ${log} =    With Outage    mongodb    Set Variable    answered    established=accept
    Should Be Equal    ${log}    answered
Nothing Is Left
    ${left} =    List Outages
    Should Be Empty    ${left}
"""


def test_with_outage_ends_whatever_the_keyword_does(run: Run) -> None:
    cases = run(BOTH)
    assert cases["Body Fails"].message == "history should be refused"
    assert cases["Body Passes"].status == cases["Nothing Is Left"].status == "PASS"


TWICE = """\
*** Settings ***
Library    OutageLibrary
Library    RequestsLibrary

*** Test Cases ***
Fails Twice
    With Outage    mongodb    Delete Is Refused And Body Fails    backend=networkpolicy
    ...    established=accept    ttl=20 s    wait=1 s

*** Keywords ***
Delete Is Refused And Body Fails
    VAR    &{faults}    api-500-on-delete=${True}
    PUT    %{FOCUS_CONTROL_URL}/faults    json=${faults}
    Fail    history should be refused
"""


def test_both_failures_are_told(run_robot: RobotRun, faults) -> None:
    case = run_robot.suite(TWICE)["Fails Twice"]
    faults()
    assert case.status == "FAIL"
    assert case.message.startswith("history should be refused In addition: ERROR: the outage")
    assert "was not lifted" in case.message
    assert "Kubernetes removes it by itself in" in case.message


LEFT = """\
*** Settings ***
Library    OutageLibrary

*** Test Cases ***
Leaves It
    Start Outage    mongodb    established=accept
Finds Nothing
    ${left} =    List Outages
    Should Be Empty    ${left}
"""


def test_case_that_forgets_its_outage_does_not_harm_the_next(run_robot: RobotRun) -> None:
    cases = run_robot.suite(LEFT)
    assert passed(cases)


PREFLIGHT = """\
Preflight
    ${report} =    Outage Preflight    mongodb    established=break
    Should Be True    ${report}[possible]
    Should Be Equal    ${report}[backend]    networkpolicy
    ${left} =    List Outages
    Should Be Empty    ${left}
"""


def test_preflight_reports_everything_and_changes_nothing(run: Run) -> None:
    case = run(PREFLIGHT)["Preflight"]
    assert case.status == "PASS", case.message
    assert "port 27017 is 27017 of 1 pod(s)" in case.html


LIES = """\
*** Settings ***
Library    OutageLibrary
Library    RequestsLibrary

*** Test Cases ***
Lied To
    ${outage} =    Start Outage    mongodb    ttl=30 s    established=accept
    VAR    &{faults}    FAULT=${True}
    PUT    %{FOCUS_CONTROL_URL}/faults    json=${faults}
    Stop Outage    ${outage}    wait=1 s
"""


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("api-200-on-delete", "it is still there, although its deletion was accepted"),
        ("api-page-on-delete", "is not what Kubernetes answers"),
        ("api-302-on-delete", "302"),
        ("api-empty-on-delete", "is not what Kubernetes answers"),
    ],
)
def test_a_deletion_that_deletes_nothing_is_no_lift(
    run_robot: RobotRun, faults, fault: str, said: str
) -> None:
    case = run_robot.suite(LIES.replace("FAULT", fault))["Lied To"]
    faults()
    assert case.status == "FAIL"
    assert case.message.startswith("ERROR: the outage mongodb-server-")
    assert "was not lifted" in case.message
    assert said in case.message
    assert "Kubernetes removes it by itself in" in case.message


def test_a_finalizer_is_named(run_robot: RobotRun, faults, sandbox: Sandbox) -> None:
    faults("api-adds-finalizer")
    case = run_robot.suite(LIES.replace("FAULT", "api-adds-finalizer"))["Lied To"]
    faults()
    sandbox.control("POST", "/reset")
    assert "Its finalizers hold it (example.com/kept), beyond its time to live" in case.message


@pytest.mark.parametrize(
    ("fault", "lost"),
    [("api-drops-ttl", "ttlSecondsAfterFinished"), ("api-drops-owner", "owner")],
)
def test_a_cluster_that_would_never_end_it_is_refused(run: Run, faults, fault, lost) -> None:
    faults(fault)
    case = run(START)["Started"]
    assert case.status == "SKIP"
    assert f"without its {lost}" in case.message


DELETED = """\
Deleted
    ${outage} =    Start Outage    mongodb    backend=pod_deletion    ttl=30 s
    Should Be Equal As Strings    ${outage.established}    cut
    Stop Outage    ${outage}
    Dependency Should Be Reachable    mongodb
    Log    method: ${outage.method}
"""


def test_pods_are_deleted_and_brought_back(run: Run, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/faults", {"pods-return-after": 0.3})
    case = run(DELETED)["Deleted"]
    assert case.status == "PASS", case.message
    assert "method: pods deleted" in case.log


def test_pods_that_nobody_would_bring_back_are_not_deleted(run: Run, faults) -> None:
    faults("pods-without-controller")
    case = run(DELETED)["Deleted"]
    assert (case.status, "has no controller that would bring it back" in case.message) == (
        "SKIP", True,
    )  # fmt: skip


def test_an_evicted_pod_is_in_nobodys_way(run: Run, faults) -> None:
    faults("evicted-pod")
    assert run(START)["Started"].status == "PASS"
