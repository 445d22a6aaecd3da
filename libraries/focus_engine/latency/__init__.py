"""Latency: measured by a process of its own, judged by counting, shown in the log.

`requirements` say what is demanded, `planning` what is sent and when; `sampler` sends it, driven by
`measuring`; `statistics` and `verdict` judge what came back, and `charts` show it.
"""
