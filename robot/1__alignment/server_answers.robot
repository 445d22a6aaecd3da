*** Settings ***
Documentation    The endpoints that the client asks before it configures anything: each answers, in
...              the shape of the contract.

Library          FocusServerLibrary

Test Tags        endpoints    critical    gate    smoke    plan


*** Test Cases ***
Acknowledgement
    Get Ack

Channels
    Get Channels

Live metadata
    Get Live Metadata

OpenAPI document
    Get OpenAPI Document
