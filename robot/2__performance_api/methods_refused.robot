*** Settings ***
Documentation    Each endpoint answers its own method only; any other is refused with 405.

Resource         api.resource

Test Template    Method Should Not Be Allowed

Test Tags        endpoints    medium


*** Test Cases ***           METHOD    PATH
Acknowledgement, POST        POST      /ack
Acknowledgement, PUT         PUT       /ack
Acknowledgement, PATCH       PATCH     /ack
Acknowledgement, DELETE      DELETE    /ack
Channels, POST               POST      /channels
Live metadata, POST          POST      /live_metadata
Metadata of a job, DELETE    DELETE    /metadata/0-0
Configure, GET               GET       /configure
Configure, DELETE            DELETE    /configure
Recordings, GET              GET       /recordings_in_time_range
Timeline, POST               POST      /get_recordings_timeline
