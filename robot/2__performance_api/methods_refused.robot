*** Settings ***
Documentation    Each endpoint answers its own method only; any other is refused with 405 and a reason.

Resource         api.resource

Test Template    Other Methods Should Not Be Allowed

Test Tags        endpoints    medium


*** Test Cases ***    PATH
Acknowledgement       /ack
Channels              /channels
Live metadata         /live_metadata
Metadata of a job     /metadata/0-0
Configure             /configure
Recordings            /recordings_in_time_range
Timeline              /get_recordings_timeline
