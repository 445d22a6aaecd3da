"""Modules that the supervisor may start. Invented; read as text, never executed."""

SV_MODULES = [
    "focus_server.main",
    "preprocessor.main",
    "heatmaps.recorder",
    "forwarders.livefs",
    "forwarders.interrogator",
]
