"""The loss of an element: who goes dark, what the others carry, what trips next."""
