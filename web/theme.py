"""The look of the pages, as far as Gradio's own parts are concerned; the rest is in `static/style.css`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

SANS = ("system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")


def theme() -> Base:
    """Return a calm theme of system fonts, flat and light; colours follow `static/style.css`, dark mode too."""
    from gradio.themes import Base

    return Base(font=SANS, font_mono=MONO, text_size="lg", radius_size="md").set(
        body_background_fill="var(--paper)", body_background_fill_dark="var(--paper)",
        body_text_color="var(--ink)", body_text_color_dark="var(--ink)",
        background_fill_primary="var(--card)", background_fill_primary_dark="var(--card)",
        block_background_fill="transparent", block_background_fill_dark="transparent",
        block_border_width="0px", block_shadow="none", block_padding="0",
        border_color_primary="var(--line)", border_color_primary_dark="var(--line)",
        border_color_accent="var(--accent)", border_color_accent_dark="var(--accent)",
        input_background_fill="var(--card)", input_background_fill_dark="var(--card)",
        input_border_color="var(--line)", input_border_color_dark="var(--line)",
        input_border_color_focus="var(--accent)", input_border_color_focus_dark="var(--accent)",
        input_border_width="1px", input_shadow="none", input_shadow_focus="none",
        button_primary_background_fill="var(--accent)", button_primary_background_fill_dark="var(--accent)",
        button_primary_background_fill_hover="var(--accent-strong)",
        button_primary_background_fill_hover_dark="var(--accent-strong)",
        button_primary_text_color="var(--on-accent)", button_primary_text_color_dark="var(--on-accent)",
        button_secondary_background_fill="transparent", button_secondary_background_fill_dark="transparent",
        button_secondary_text_color="var(--ink)", button_secondary_text_color_dark="var(--ink)",
        button_border_width="1px", button_primary_border_color="var(--accent)",
        button_primary_border_color_dark="var(--accent)", button_secondary_border_color="var(--line)",
        button_secondary_border_color_dark="var(--line)",
    )  # fmt: skip
