*** Settings ***
Documentation    Data summaries are recomputed from their arrays, in float64 or exact integers: true ones
...              are accepted, one false statistic is refused with its code.
...              Self-check of our recomputation; with FOCUS_PZ_PATH each row asks PZ's own check as well.

Resource         arrays.resource

Suite Setup      Use Arrays Of The Profile
Test Template    Corpus Should Be Judged

Test Tags        data-summary    high    gate    plan    self-check


*** Test Cases ***                   ENTRY                       VERDICT
Single precision                     summary of float32          accepted
Half precision                       summary of float16          accepted
Integers whose sum leaves 16 bits    summary of int16            accepted
Integers whose sum leaves 64 bits    summary of uint64           accepted
Booleans                             summary of booleans         accepted
NaN left out                         summary with NaN            accepted
No values                            summary of nothing          accepted
NaN alone                            summary of NaN alone        accepted
Count too low                        count too low               DS001
Minimum off by one step              min of another type         DS002
Maximum missing                      max null                    DS002
Mean outside the tolerance           mean outside tolerance      DS003
Deviation of a sample                std of a sample             DS003
Sum kept in 16 bits                  sum kept in int16           DS004
NaN not counted                      NaN counted as nothing      DS005
Dtype of another array               dtype of the summary        DS006
Zero over no values                  zero over nothing           DS007
NaN over NaN alone                   NaN over NaN alone          DS007
Field missing                        field missing               DS008
Field unknown                        field unknown               DS008
Count is a text                      count as text               DS008
Mean infinite                        mean infinite               DS009
Sum saturated in half precision      sum saturated in float16    DS009
