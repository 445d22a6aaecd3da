*** Settings ***
Documentation    Payloads that do not keep what their message claims, from the seeded corpus. Beside each
...              verdict the log says which defects such a check cannot see.
...              Self-check: no server and no PZ is asked.

Resource         arrays.resource

Test Template    Corpus Should Be Judged

Test Tags        dtype    high    gate    plan    self-check


*** Test Cases ***                    ENTRY                          VERDICT
Payload as claimed                    payload valid                  accepted
Stream without a change               stream constant                accepted
Written as single precision           values float32                 FR004
Written as double precision           values float64                 FR004
Written as bytes                      values uint8                   FR004
Payload cut short                     payload truncated              FR004
Payload with bytes left over          payload longer                 FR004
Written big-endian                    values big-endian              FR011
Written as integers of equal width    values int16                   FR013
NaN among the values                  value NaN                      FR011
Infinity among the values             value infinite                 FR011
Below zero on a linear scale          value negative                 FR015
Shape is a text                       shape text                     FR001
Shape has a fraction                  shape fraction                 FR001
Shape is negative                     shape negative                 FR002
Axis order unknown                    axis order unknown             FR019
Declared length differs               declared length                FR020
Envelope with an unknown field        envelope unknown field         FR021
Extrema reversed                      extrema reversed               FR010
Extremum is NaN                       extrema NaN                    FR009
Values outside the extrema            values outside the extrema     FR012
Dtype changes in the stream           stream changes its dtype       FR017
Shape changes in the stream           stream changes its shape       FR017
Metadata change in the stream         stream changes its metadata    FR017
