*** Settings ***
Documentation    Frequency ranges that the server must refuse.

Resource         frequencies.resource

Test Template    Frequency Range Should Be Rejected

Test Tags        frequencies    high    gate    plan


*** Test Cases ***                         MIN                    MAX
One hertz above the limit of the client    ${FREQUENCY_MIN}       ${FREQUENCY_MAX + 1}
Far above the limit of the client          ${FREQUENCY_MIN}       ${FREQUENCY_MAX * 10}
Minimum equals maximum                     ${MIDDLE_FREQUENCY}    ${MIDDLE_FREQUENCY}
Both are the highest                       ${FREQUENCY_MAX}       ${FREQUENCY_MAX}
Both are the lowest                        ${FREQUENCY_MIN}       ${FREQUENCY_MIN}
Minimum above maximum                      ${MIDDLE_FREQUENCY}    ${FREQUENCY_MIN}
Minimum is negative                        -1                     ${FREQUENCY_MAX}
Minimum is null                            null                   ${FREQUENCY_MAX}
Minimum is missing                         missing                ${FREQUENCY_MAX}
Maximum is null                            ${FREQUENCY_MIN}       null
Maximum is missing                         ${FREQUENCY_MIN}       missing
Maximum is a string                        ${FREQUENCY_MIN}       "${FREQUENCY_MAX}"
Maximum is not an integer                  ${FREQUENCY_MIN}       ${FREQUENCY_MAX - 0.5}
Maximum is a boolean                       ${FREQUENCY_MIN}       true
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
