"""Makes a scanned letter: a page image, slightly turned and noisy, without any text layer."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

SERIF = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
DPI = 170
SIZE = (round(8.27 * DPI), round(11.69 * DPI))


def letter(text: str) -> Image.Image:
    """The clean page: every line of the text is a paragraph, an empty line is space."""
    page = Image.new("L", SIZE, 250)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(SERIF, round(11 * DPI / 72))
    left, y, width = 170, 180, SIZE[0] - 340
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if draw.textlength(longer, font) > width:
                draw.text((left, y), line, 25, font)
                y += 37
                line = word
            else:
                line = longer
        draw.text((left, y), line, 25, font)
        y += 37 if paragraph else 22
    return page


def aged(page: Image.Image) -> Image.Image:
    """The page as a scanner saw it."""
    dice = random.Random(7)
    page = page.rotate(0.7, Image.Resampling.BICUBIC, fillcolor=244)
    noise = Image.frombytes("L", SIZE, dice.randbytes(SIZE[0] * SIZE[1]))
    page = Image.blend(page, noise, 0.07).filter(ImageFilter.GaussianBlur(0.6))
    draw = ImageDraw.Draw(page)
    for _ in range(90):
        x, y = dice.randrange(SIZE[0]), dice.randrange(SIZE[1])
        draw.ellipse((x, y, x + dice.randrange(1, 4), y + dice.randrange(1, 4)), fill=90)
    draw.rectangle((0, 0, 9, SIZE[1]), fill=120)
    return page


def write(text: str, path: Path) -> None:
    """Write the letter as a PDF of one JPEG."""
    picture = io.BytesIO()
    aged(letter(text)).save(picture, "JPEG", quality=62)
    picture.seek(0)
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setTitle("Scan")
    canvas.drawImage(ImageReader(picture), 0, 0, *A4)
    canvas.save()
