"""What a kernel did wrong."""


class PtxError(Exception):
    """The kernel broke a rule of the machine: the message names the instruction and the first thread."""
