"""The sample papers and the package that makes them."""
