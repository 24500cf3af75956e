"""Every KPI calculated a second time, in plain Python, from the specification's text alone.

Nothing here reads a model, a macro or a KPI's YAML, and no SQL runs. The two calculations share
only the raw rows, the parameters and the configuration seeds, which are input to both.
"""
