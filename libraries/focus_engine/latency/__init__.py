"""Latency: measured in a child process, judged by counting, shown in the log.

`plan` says what is sent and when, `child` sends it, `samples` is what came back; `percentiles`,
`decision`, `events` and `baseline` judge it; `plot` and `report` show it.
"""
