*** Settings ***
Documentation    Phase 1: the server agrees with the production client about what is valid.

Test Tags        phase-1    owner:qa-automation
