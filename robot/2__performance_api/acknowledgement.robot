*** Settings ***
Documentation    GET /ack says that the server is up: 200 without a body, whatever the client says of itself.

Resource         api.resource

Test Template    Acknowledgement Should Be Empty

Test Tags        endpoints    medium    gate


*** Test Cases ***            HEADER             VALUE
Plain request                 Accept             */*
Client that wants a page      Accept             text/html
Client that wants JSON        Accept             application/json
Client without compression    Accept-Encoding    identity
Unknown header                X-Focus-Test       1
Named client                  User-Agent         focus-server-tests
