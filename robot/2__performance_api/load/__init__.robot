*** Settings ***
Documentation    What the server carries, where it breaks, and whether it recovers. Short on the sandbox; on a real
...              server give LOAD_STEP (each step) and SOAK_STEP.

Test Tags        load    exclusive
