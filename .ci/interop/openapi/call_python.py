"""Registers an app through the client that openapi-python-client makes."""

import importlib
import os
import pkgutil

import contextkeep_client
from contextkeep_client import AuthenticatedClient
from contextkeep_client.api.operators import app, change, put_app
from contextkeep_client.models import AppRegistration, Change, Problem

for module in pkgutil.walk_packages(contextkeep_client.__path__, "contextkeep_client."):
    importlib.import_module(module.name)

client = AuthenticatedClient(base_url=os.environ["VAULT_URL"], token=os.environ["VAULT_TOKEN"])
body = AppRegistration(name="Web shop", purposes=["dpv:ServicePersonalisation"], facets=[])
proposed = put_app.sync_detailed("shop-by-python", client=client, body=body)
assert proposed.status_code == 202, proposed
assert isinstance(proposed.parsed, Change) and proposed.parsed.state == "proposed", proposed

waiting = change.sync(str(proposed.parsed.id), client=client)
assert isinstance(waiting, Change) and waiting.target == "shop-by-python", waiting

refused = app.sync_detailed("nobody", client=client)
assert refused.status_code == 404, refused
assert isinstance(refused.parsed, Problem) and refused.parsed.code == "not_registered", refused
