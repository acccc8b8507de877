"""The pages, one screen a file."""
