"""Groups of commands, one noun a file; `ragbox/cli.py` mounts them."""
