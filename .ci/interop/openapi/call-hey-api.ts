// Registers an app through the client that hey-api makes.
import { strict as assert } from "node:assert";
import { client } from "./generated/hey-api/client.gen.js";
import { app, change, putApp } from "./generated/hey-api/sdk.gen.js";

client.setConfig({ baseUrl: process.env.VAULT_URL, auth: () => process.env.VAULT_TOKEN });

const proposed = await putApp({
  path: { name: "shop-by-hey-api" },
  body: { name: "Web shop", purposes: ["dpv:ServicePersonalisation"], facets: [] },
});
assert.equal(proposed.response.status, 202);
assert(proposed.data && "state" in proposed.data);
assert.equal(proposed.data.state, "proposed");

const waiting = await change({ path: { change: String(proposed.data.id) } });
assert.equal(waiting.data?.target, "shop-by-hey-api");

const refused = await app({ path: { name: "nobody" } });
assert.equal(refused.response.status, 404);
assert.equal(refused.error?.code, "not_registered");
