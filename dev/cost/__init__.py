"""What a month costs: counted on a simulated one, priced from one file of published prices. `make cost`."""
