"""Side-by-side measurements: each script prints a table of ratios and writes JSON under benchmarks/results/."""
