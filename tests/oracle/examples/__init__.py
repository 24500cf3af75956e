"""The printed examples of the specification, by the second calculation."""
