"""The demo company: an invented B2B shop whose raw tables exercise every rule of the project.

Nordwerk sells industrial supplies and service plans in Germany and its neighbours. Everything
here is drawn from one seed, so the same command writes the same bytes on every machine.
"""
