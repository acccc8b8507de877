"""What people see, in headless Chromium against a running server."""
