*** Settings ***
Documentation    Phase 3: what PZ supplies is what the server and the client rely on.

Test Tags        phase-3    owner:qa-automation
