"""Thermal states over (scenario, element): exact steps for load that is constant within a step."""
