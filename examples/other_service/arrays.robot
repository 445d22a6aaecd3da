*** Settings ***
Documentation     A message that does not say what its bytes are is refused, never guessed.

Library           DtypeLibrary    profile=${CURDIR}/profile


*** Test Cases ***
A Known Dtype
    Dtype Claim Should Be Judged    "float32"    "little"    accepted

A Missing Dtype Is Never Guessed
    Dtype Claim Should Be Judged    missing    "little"    DT001
