*** Settings ***
Documentation    Extreme but valid configurations, enabled in every run that allows jobs.

Test Tags        stress
