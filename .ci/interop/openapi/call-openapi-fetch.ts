// Registers an app through the types that openapi-typescript makes.
import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { paths } from "./generated/openapi-typescript.js";

const client = createClient<paths>({
  baseUrl: process.env.VAULT_URL,
  headers: { Authorization: `Bearer ${process.env.VAULT_TOKEN}` },
});

const proposed = await client.PUT("/v1/apps/{name}", {
  params: { path: { name: "shop-by-fetch" } },
  body: { name: "Web shop", purposes: ["dpv:ServicePersonalisation"], facets: [] },
});
assert.equal(proposed.response.status, 202);
assert(proposed.data && "state" in proposed.data);
assert.equal(proposed.data.state, "proposed");

const waiting = await client.GET("/v1/changes/{change}", {
  params: { path: { change: String(proposed.data.id) } },
});
assert.equal(waiting.data?.target, "shop-by-fetch");

const refused = await client.GET("/v1/apps/{name}", { params: { path: { name: "nobody" } } });
assert.equal(refused.response.status, 404);
assert.equal(refused.error?.code, "not_registered");
