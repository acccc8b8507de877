"""The doors: HTTP API and pages."""
