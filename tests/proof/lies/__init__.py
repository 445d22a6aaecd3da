"""Lies that nobody wrote: derived from what is declared, told between sandbox and suites.

A lie changes what a case is told (a refusal, an answer) outside the sandbox's code. A harmless
variation changes only how it is written, and must stay green.
"""
