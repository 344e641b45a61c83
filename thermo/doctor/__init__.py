"""What this machine has: devices, versions, OpenGL; each problem with the command that cures it."""
