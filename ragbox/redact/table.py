"""The table of structured personal data: one row, one shape. What its columns mean is in `rule.py`.

Presidio's own recognizers are not used: theirs look for word borders, which there are none of beside Chinese signs,
and know neither full width nor spaced digits. Presidio runs these rows (`recognizers.py`) and raises them by context.
"""

from __future__ import annotations

from . import table_cn, table_phone, table_secrets, table_world
from .rule import Rule

RULES: tuple[Rule, ...] = (*table_secrets.RULES, *table_cn.RULES, *table_phone.RULES, *table_world.RULES)
