"""The pages' policy lets all of ragbox's own run, and nothing that somebody put in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ragbox.box import Box

from .conftest import Visit, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[..., Visit]

WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (e) =>
  window.broken.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));
"""
PAGES = ("/en/", "/zh/documents", "/en/admin", "/docs")
"""In the other language too no page may complain: tests/browser/test_every_page.py."""
ATTEMPTS = {
    "a script element": "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; "
    "document.body.append(s)",
    "a handler in markup": "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')",
    "a script: address": "const a = document.createElement('a'); a.href = 'javascript:window.ran=1'; "
    "document.body.append(a); a.click()",
    "a string made a script": "setTimeout('window.ran = 1', 0)",
    "a script of another host": "const s = document.createElement('script'); s.src = 'http://127.0.0.1:9/x.js'; "
    "document.body.append(s)",
    "a picture of another host": "new Image().src = 'http://127.0.0.1:9/x.png'",
    "a call to another host": "fetch('http://127.0.0.1:9/x').catch(() => 0)",
    "a frame": "document.body.insertAdjacentHTML('beforeend', '<iframe src=\"http://127.0.0.1:9/\">')",
    "a form to another host": "document.body.insertAdjacentHTML('beforeend', "
    "'<form method=post action=\"http://127.0.0.1:9/\"></form>'); document.forms[document.forms.length - 1].submit()",
}
"""What an attacker who can put markup into a page would try, as a script that puts it there."""


def test_no_page_breaks_its_own_policy_and_nothing_foreign_runs(box: Box, url: str, visit: Open) -> None:
    stranger = visit(f"{url}/login")
    assert stranger.complaints == []
    person = visit(f"{url}/login?token={box.auth.new_login('admin')}")
    page = person.page
    page.add_init_script(WATCH)
    for path in PAGES:
        page.goto(url + path)
        if path != "/docs":
            page.wait_for_selector("#room [data-words] *")
        person.settle()
        for tab in page.locator("[role=tab]").all():
            tab.click()
        person.settle()
        assert page.evaluate("window.broken") == [], path
        assert person.complaints == [], path
    page.goto(f"{url}/en/documents")
    person.settle()
    for what, script in ATTEMPTS.items():
        before = page.evaluate("window.broken.length")
        page.evaluate(f"() => {{ {script} }}")
        until(page, "(before) => window.broken.length > before", before)
        assert page.evaluate("window.ran") is None, what
    assert page.url == f"{url}/en/documents"


def test_each_page_has_a_nonce_of_its_own_and_no_loophole(box: Box, url: str, visit: Open) -> None:
    person = visit(f"{url}/login?token={box.auth.new_login('admin')}")
    policies = [person.page.request.get(f"{url}/en/").headers["content-security-policy"] for _ in range(2)]
    assert policies[0] != policies[1]
    for policy in policies:
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert scripts.startswith("script-src 'self' 'nonce-")
        assert "unsafe" not in scripts
