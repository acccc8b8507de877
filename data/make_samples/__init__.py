"""Builds the sample papers of an invented company and the questions about them.

Run from the repository root:

    python -m data.make_samples          # writes data/samples/
    python -m data.make_samples.check    # verifies the answers against the written files

Needs reportlab, pyphen, python-docx, python-pptx, openpyxl and Pillow (pypdfium2 as well for the page
look-up and the check), and the Debian packages fonts-droid-fallback and fonts-dejavu-core.
The texts are in content/, one file per paper; the modules only set them in their format.
"""
