"""LMI for All over HTTP: the client, its typed results, and how to ask it beside the snapshot.

Import from the modules themselves (`lmi.service.client`, `lmi.service.beside`, …): `client` and
`transport` need `requests` and `requests-cache`, the others import anywhere.
"""
