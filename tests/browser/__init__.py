"""Tests in a browser. A package, because fixtures of its scope end with it: without this file Playwright would stay."""
