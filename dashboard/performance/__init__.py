"""The Performance page: what is measured, how, and what its views make of it."""
