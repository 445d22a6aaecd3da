*** Settings ***
Documentation    Dtypes as messages of the bus may claim them: each trap is accepted, or refused with its
...              code, before any library can interpret the text.
...              Self-check of our dtype rules; with FOCUS_PZ_PATH each row asks PZ's own check as well.

Resource         arrays.resource

Suite Setup      Use Arrays Of The Profile
Test Template    Claim Should Be Judged

Test Tags        dtype    critical    gate    plan    self-check


*** Test Cases ***                       DTYPE               BYTE ORDER          VERDICT
Half precision, little-endian            "float16"           "little"            accepted
Single precision, little-endian          "float32"           "little"            accepted
Single precision, big-endian             "float32"           "big"               accepted
Double precision                         "float64"           "little"            accepted
Signed integers                          "int16"             "little"            accepted
Unsigned integers                        "uint64"            "big"               accepted
Bytes have no order                      "uint8"             "not-applicable"    accepted
Bytes without an order                   "int8"              missing             accepted
Booleans have no order                   "bool"              missing             accepted
No dtype                                 missing             "little"            DT001
Null is no dtype, numpy takes float64    null                "little"            DT001
A number                                 4                   "little"            DT002
A list of fields                         \[["a", "f4"]]      "little"            DT002
An unknown name                          "flaot32"           "little"            DT003
An empty name                            ""                  "little"            DT003
Short alias                              "i2"                "little"            DT004
Letter alias                             "h"                 "little"            DT004
Alias of C                               "double"            "little"            DT004
Alias of Python                          "float"             "little"            DT004
Several bytes without an order           "int16"             missing             DT005
Several bytes, order not applicable      "float32"           "not-applicable"    DT005
Width of the platform                    "int"               "little"            DT006
Width of the C compiler                  "long"              "little"            DT006
Extended precision                       "float128"          "little"            DT006
Capitals                                 "FLOAT32"           "little"            DT007
Trailing blank                           "float32 "          "little"            DT007
Byte order in the name                   "<f4"               "little"            DT008
Native byte order in the name            "=i2"               "little"            DT008
Native byte order                        "int16"             "native"            DT009
Byte order as a sign                     "int16"             "<"                 DT009
Byte order as a number                   "int16"             1                   DT009
Objects                                  "O"                 "little"            DT010
Objects by name                          "object"            "little"            DT010
Text                                     "<U21"              "little"            DT011
Bytes of text                            "S8"                "little"            DT011
Text of any length                       "str"               "little"            DT011
A structure                              "f4,f4"             "little"            DT012
Raw bytes                                "V8"                "little"            DT012
Complex where none is allowed            "complex64"         "little"            DT013
Complex alias                            "c8"                "little"            DT013
Datetime without a unit                  "M8"                "little"            DT014
Time difference without a unit           "timedelta64"       "little"            DT014
Datetime in nanoseconds                  "datetime64[ns]"    "little"            DT015
A sub-array                              "3f4"               "little"            DT016
A sub-array of two axes                  "(2,3)f4"           "little"            DT016
