"""A local OpenID Connect provider with switches, over real HTTP."""

from tests.oidc_server.provider import CLIENT, DOMAIN, SECRET, TENANT, Account, OidcServer, Switches

__all__ = ["CLIENT", "DOMAIN", "SECRET", "TENANT", "Account", "OidcServer", "Switches"]
