"""The operators as CUDA kernels, written from the cell functions of the CPU loops; imported for device "cuda" only."""
