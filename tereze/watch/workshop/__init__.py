"""The rules workshop: officers change rules, try them on what was seen, and a second one releases.

`rulebook` says what is in force, `entries` what a rule may be, `trying` and `backtest` what it
does, `clearing` what green means, `actions` who may do what. docs/workshop.md tells it in order.
"""
