*** Settings ***
Documentation    Forms of the answer in which a server deviated: each is judged here and nowhere else, in every
...              view, live and historic. All other cases read it as it is meant and say so in their checks; the
...              run counts them.

Resource         configure.resource

Test Template    Answers Should Have The Right Form

Test Tags        endpoints    high    gate


*** Test Cases ***          FORM
Port is a number            port as text
Spectrum lists every bin    decimated spectrum
