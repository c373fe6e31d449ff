"""The slice's program.  At every start of the container it carries out the plan.

It decides nothing itself: `plan.json` has the decisions.  Every step can run again and changes nothing then.  It
reports as JSON events, one a line, on standard output (see `events`).

To follow a start, read `boot.supervise`: `BOOT` lists the steps.  To follow a command, read `__main__`.
"""
