"""Random businesses, with everything nasty in them, as rows of the landing contract."""
