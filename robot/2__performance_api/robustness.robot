*** Settings ***
Documentation    Bodies that no client sends: refused with a status from 400 to 499, nothing told of the
...              server's inside, no job left behind, and /ack answers afterwards.

Resource         robustness.resource

Suite Setup      Know What Is Valid
Test Template    Hostile Body Should Be Refused

Test Tags        robustness    high


*** Variables ***
${CONFIGURATION}    <set by Know What Is Valid>
${RANGE}            <set by Know What Is Valid>
${CUT}              {"channels": {"min": 1,
${INVALID_UTF_8}    ${{b'{"view_type": "\xff\xfe"}'}}
${DEEP_LISTS}       ${{'[' * 20000}}
${DEEP_OBJECTS}     ${{'{"a":' * 20000 + '1' + '}' * 20000}}
${LARGE_TEXT}       ${{'{"channels": "' + 'x' * 3 * 10**6 + '"}'}}
${LARGE_LIST}       ${{'{"channels": [' + '1,' * 10**6 + '1]}'}}
${LARGE_NOISE}      ${{'x' * 3 * 10**6}}
${LARGE_NUMBER}     ${{'{"start_time": ' + '9' * 3000 + ', "end_time": 1}'}}


*** Test Cases ***               PATH                         BODY                 CONTENT TYPE
Cut JSON                         /configure                   ${CUT}
Empty body                       /configure                   ${EMPTY}
List                             /configure                   \[]
Null                             /configure                   null
Number                           /configure                   1
Not a number                     /configure                   {"channels": NaN}
Bytes that are no text           /configure                   ${INVALID_UTF_8}
Valid JSON declared as text      /configure                   ${CONFIGURATION}     text/plain
Valid JSON declared as a form    /configure                   ${CONFIGURATION}     application/x-www-form-urlencoded
Valid JSON declared as bytes     /configure                   ${CONFIGURATION}     application/octet-stream
XML                              /configure                   <channels/>          application/xml
Form                             /configure                   min=1&max=2          application/x-www-form-urlencoded
Deep lists                       /configure                   ${DEEP_LISTS}
Deep objects                     /configure                   ${DEEP_OBJECTS}
Large text                       /configure                   ${LARGE_TEXT}
Large list                       /configure                   ${LARGE_LIST}
Large noise                      /configure                   ${LARGE_NOISE}
Recordings, cut JSON             /recordings_in_time_range    ${CUT}
Recordings, list                 /recordings_in_time_range    \[]
Recordings, declared as text     /recordings_in_time_range    ${RANGE}             text/plain
Recordings, deep objects         /recordings_in_time_range    ${DEEP_OBJECTS}
Recordings, large number         /recordings_in_time_range    ${LARGE_NUMBER}
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
Server stays alive afterwards
    [Template]    NONE
    Server Should Stay Alive
