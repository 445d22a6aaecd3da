"""Lies that nobody wrote: derived from what is declared, told between sandbox and suites.

A lie changes what a case is told (an answer, a frame, a document, a file) outside the sandbox's
code. A harmless variation changes only how it is written, and must stay green.
"""
