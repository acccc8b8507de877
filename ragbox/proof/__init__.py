"""The proof of silence: the main job where there is no network, and what libraries try when they are let."""
