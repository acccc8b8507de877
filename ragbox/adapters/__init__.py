"""LoRA adapters: kept, checked, loaded, compared and watched. Each file is one noun; none knows HTTP."""
