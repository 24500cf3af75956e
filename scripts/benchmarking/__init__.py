"""How fast the project builds, beside SQL written by hand for the same numbers."""
