*** Settings ***
Documentation    Ways in which clients declare a body of JSON: the libraries of several languages add a charset.

Resource         api.resource

Test Template    Configuration Declared So Should Be Accepted

Test Tags        endpoints    high    gate


*** Test Cases ***                  CONTENT TYPE
With a charset                      application/json; charset=utf-8
With a charset, in other letters    application/json;charset=UTF-8
In capitals                         Application/JSON
