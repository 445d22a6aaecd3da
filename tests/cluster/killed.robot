*** Comments ***
tests/cluster/test_deadline.py runs this and kills it: it is no case of the suites.


*** Settings ***
Documentation       An outage whose runner dies.

Library             OperatingSystem
Library             OutageLibrary

Test Tags           disruptive    exclusive


*** Test Cases ***
Is Killed In An Outage
    [Documentation]    Waits to be killed.
    Start Outage    mongodb    ttl=%{KILLED_TTL=not set} s    established=accept
    Create File    %{KILLED_PROVEN=not set}
    Wait Until Created    %{KILLED_PROVEN=not set}.never    timeout=120 s
