"""Load that moves from second to second, through voltages, breakers and thermal states, up to the utility."""
