*** Settings ***
Documentation    The recordings in MongoDB are complete, consistent and fast to find. They are read once, by
...              a user that may only read. Overlaps are no fault: they were observed.

Resource         recordings_quality.resource

Suite Setup      Read The Recordings Once
Test Template    Recordings Should Satisfy

Test Tags        data-quality    high    gate


*** Test Cases ***                               RULE
Base paths have a path and a GUID                base paths
Each base path is there once                     base paths once
Each GUID has its collection                     collections exist
Each collection of recordings has a base path    no orphan collections
A base path is in use                            path in use
Start time is indexed                            start_time indexed
End time is indexed                              end_time indexed
Mark of deletion is indexed                      deleted indexed
Uuid is indexed                                  uuid indexed
Index on uuid forbids duplicates                 uuid index unique
No index removes recordings                      nothing expires
Each uuid is a text                              uuids are text
Each uuid is there once                          uuids are unique
Each uuid is of the usual form                   uuids are alike
Start time has its zone                          starts are times
End time has its zone or is open                 ends are times
Deleted is yes or no                             deleted is boolean
Fibre metadata is an object                      metadata is object
Recordings end after they start                  durations positive
Recordings start in the past                     starts in the past
Recordings end in the past                       ends in the past
Live recordings are fresh                        live is fresh
Something historic can be played                 historic exists
