*** Comments ***
tests/cluster/test_deadline.py runs this and kills it: it is no case of the suites.


*** Settings ***
Documentation       An outage whose runner dies.

Library             OperatingSystem
# Given and not declared: the small server of this cluster starts no Jobs, so none could show that
# server and cluster belong together.
Library             OutageLibrary    base_url=%{FOCUS_BASE_URL=not set}    namespace=panda
...                     server=app.kubernetes.io/name=panda-panda-focus-server    allow=['disruptive']

Test Tags           disruptive    exclusive


*** Test Cases ***
Is Killed In An Outage
    [Documentation]    Waits to be killed.
    Start Outage    mongodb    ttl=%{KILLED_TTL=not set} s    established=accept
    Create File    %{KILLED_PROVEN=not set}
    Wait Until Created    %{KILLED_PROVEN=not set}.never    timeout=120 s
