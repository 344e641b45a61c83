"""Airflow, heat and turbulence in the hall."""
