"""How much the project withstands: `make harden`."""
