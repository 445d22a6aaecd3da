*** Settings ***
Documentation    Canonical dtypes that are not those of the message's schema: nothing is cast to fit.
...              Self-check: no server and no PZ is asked.

Resource         arrays.resource

Suite Setup      Use Array Profile    example
Test Template    Claim Should Be Judged Against The Schema

Test Tags        dtype    critical    gate    plan    self-check


*** Test Cases ***          SCHEMA      DTYPE          BYTE ORDER    VERDICT
As agreed                   samples     "int16"        "little"      accepted
One of several              counters    "uint64"       "little"      accepted
Complex by contract         spectrum    "complex64"    "little"      accepted
Bytes swapped               samples     "int16"        "big"         DT020
Unsigned for signed         samples     "uint16"       "little"      DT021
Float for integer           samples     "float16"      "little"      DT022
Wider                       samples     "int32"        "little"      DT023
Narrower                    samples     "int8"         missing       DT023
Boolean for integer         samples     "bool"         missing       DT024
None of several             counters    "uint16"       "little"      DT030
Real for complex            spectrum    "float64"      "little"      DT022
Alias of the agreed type    samples     "<i2"          "little"      DT008
