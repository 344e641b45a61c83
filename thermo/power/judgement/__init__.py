"""What a solved network means: warm air, fault levels, phases, harmonics, breakers, room for more."""
