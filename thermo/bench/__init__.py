"""What the air solver costs on this machine, against its memory's speed and against OpenFOAM."""
