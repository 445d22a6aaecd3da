*** Settings ***
Documentation    Text that means something to a database, a shell or a browser is only text of the wrong
...              type to the server.

Resource         robustness.resource

Test Template    Injected Field Should Be Rejected

Test Tags        robustness    high


*** Test Cases ***    FIELD            TEXT
Condition of SQL      channels.min     1 OR 1=1; --
Command of a shell    channels.max     $(sleep 5)
Markup                view_type        <script>alert(1)</script>
Path                  view_type        ../../etc/passwd
Format of Python      nfftSelection    {0.__class__} %s
Null byte             start_time       ${{'1' + chr(0)}}
Line of a header      view_type        0${{chr(13) + chr(10)}}X-Injected: 1
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
