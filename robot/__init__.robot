*** Settings ***
Documentation    Alignment, performance, regression and resilience of a Focus Server.
...              One row of a table is one case. How to edit: docs/editing-suites.md.

Variables        ../libraries/robot_args.py
Library          FocusServerLibrary

Suite Setup      Open Focus Server Session
Test Timeout     2 minutes

Name             Focus Server
