"""What Schemathesis does not know of itself: how newline-delimited JSON and SPARQL are written."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/sparql-query")
def sparql(ctx, value):
    return str(value).encode("utf-8", "surrogatepass")
