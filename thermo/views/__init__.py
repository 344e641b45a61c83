"""Pictures and reports. Every view reads a `Result` (a `Plan` for the drawing before a run) and nothing else."""
