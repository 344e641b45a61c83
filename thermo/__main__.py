"""`python -m thermo` does what `minehall` does."""

from .cli import main

if __name__ == "__main__":
    main()
