"""Files that mean harm, made by the tests, and what must happen with them: `README.md` lists both."""
