"""Raw values and raw files damaged at random: nothing is lost, nothing is silently wrong."""
