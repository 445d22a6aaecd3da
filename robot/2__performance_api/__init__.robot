*** Settings ***
Documentation    Phase 2: performance, and the API as it exists today.

Test Tags        phase-2    owner:qa-automation
