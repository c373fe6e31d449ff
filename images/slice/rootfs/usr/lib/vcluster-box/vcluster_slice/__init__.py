"""The slice's program: makes true what a plan says, at every start of the container.

It decides nothing.  `plan.json` says what there is to be; every module here makes one part of it so, and doing it twice
changes nothing.  What it does it tells as JSON events, one a line, on standard output (`events`).
"""
