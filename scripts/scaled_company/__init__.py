"""The demo company many times over: its raw tables copied by SQL, as Parquet.

The demo company is in scripts/demo_company; docs/scale.md says what a copy changes.
"""
