"""Signing in by what a company has already: its directory (LDAP) or its identity provider (OpenID Connect)."""
