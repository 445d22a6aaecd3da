*** Settings ***
Documentation    Phase 4: a dependency is away, and the server says so, goes on and recovers.

Library          OutageLibrary

Suite Setup      Sweep Expired Outages

Test Tags        phase-4    owner:qa-automation    disruptive    exclusive    resilience
