"""What stands around the app, for tests, benchmarks and screenshots; the app itself imports none of them."""
