"""Relations that must hold whatever the data: what becomes of the numbers if the rows change."""
