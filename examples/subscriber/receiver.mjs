#!/usr/bin/env node
// A receiver of notices in one file: what an authority's system does to be told of every access to its children.
// It subscribes, believes only what is signed by the exchange's published keys, tells each event once, fetches what it missed, and takes events in
// the name of a person. Needs Node 20 and nothing else. See README.md.
import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string', default: 'http://127.0.0.1:8080' },
    client: { type: 'string', default: new URL('../clients/authority-xhf01.json', import.meta.url).pathname },
    port: { type: 'string', default: '9100' },
    person: { type: 'string' }, // takes each event in this name; without it nobody takes them
  },
});
const rest = 10_000; // milliseconds between two fetches of keys: a flood of forged notices is not passed on to the exchange
const tolerance = 300; // seconds that a timestamp may be from our clock, either way
const largestBody = 5 * 1024 * 1024;
const page = 100; // events in one answer of $events, and in one $acknowledge
const root = options.server.replace(/\/$/, '');
const fhir = `${root}/FHIR/R4`;
const client = JSON.parse(await readFile(options.client, 'utf8'));

// A real receiver keeps these two in its database, in one commit with what it was told.
const seen = new Set(); // webhook-ids that were taken
const last = new Map(); // the highest event number that was told, by Subscription

const named = (parameters, name) => parameters.filter((parameter) => parameter.name === name);
const value = (parameters, name) => Object.entries(named(parameters, name)[0] ?? {}).find(([key]) => key.startsWith('value'))?.[1];
const numberOf = (event) => Number(value(event.part, 'event-number'));

// --- What the exchange is asked, with a token by signed assertion (SMART Backend Services), kept until shortly before it expires.

let token;
let until = 0;

async function json(url, init) {
  const answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(60_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${answer.status}: ${text}`); // the OperationOutcome says why
  return JSON.parse(text);
}

function assertion(audience) {
  const { jwk, clientId } = client;
  if (!['ES384', 'RS384'].includes(jwk.alg)) throw new Error(`The key's alg must be ES384 or RS384. It is: ${jwk.alg}`);
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: jwk.alg, typ: 'JWT', kid: jwk.kid };
  const claims = { iss: clientId, sub: clientId, aud: audience, iat: now, exp: now + 240, jti: randomUUID() };
  const unsigned = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return `${unsigned}.${sign('sha384', Buffer.from(unsigned), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function tokenNow() {
  if (Date.now() < until) return token;
  const { token_endpoint: endpoint } = await json(`${fhir}/.well-known/smart-configuration`);
  const grant = await json(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion(endpoint),
    }),
  });
  token = grant.access_token;
  until = Date.now() + ((grant.expires_in ?? 60) - 20) * 1000;
  return token;
}

async function call(method, path, body) {
  const headers = { authorization: `Bearer ${await tokenNow()}`, accept: 'application/fhir+json' };
  if (body) headers['content-type'] = 'application/fhir+json';
  return json(`${fhir}/${path}`, { method, headers, body: body && JSON.stringify(body) });
}

// --- What comes.

let keys = [];
let fetched = -Infinity;

async function fetchKeys() {
  if (performance.now() - fetched < rest) return;
  const found = (await json(`${root}/.well-known/webhook-keys.json`)).keys.filter((key) => key.crv === 'Ed25519');
  keys = found.map(({ kty, crv, x }) => createPublicKey({ key: { kty, crv, x }, format: 'jwk' }));
  fetched = performance.now();
}

// Standard Webhooks, v1a: Ed25519 over "id.timestamp.body". During a key rotation there are several signatures; one suffices.
function isSigned(headers, body) {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (!id || !/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance) return false;
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return signatures
    .split(' ')
    .filter((each) => each.startsWith('v1a,'))
    .map((each) => Buffer.from(each.slice(4), 'base64'))
    .some((signature) => keys.some((key) => verify(null, content, key, signature)));
}

// What was missed, a page at a time. Reading settles nothing.
async function fetchEvents(subscription, first, final) {
  const events = [];
  while (first <= final) {
    const query = `eventsSinceNumber=${first}&eventsUntilNumber=${final}&content=id-only&_count=${page}`;
    const found = named((await call('GET', `Subscription/${subscription}/$events?${query}`)).entry[0].resource.parameter, 'notification-event');
    if (found.length === 0) break;
    events.push(...found);
    first = numberOf(found.at(-1)) + 1;
  }
  return events;
}

async function tell(event) {
  console.log(`event ${numberOf(event)}`);
  for (const { valueReference } of [...named(event.part, 'focus'), ...named(event.part, 'additional-context')]) {
    // Only the id is taken from the notice: the token goes to the server that we know, and nowhere else.
    const access = await call('GET', `AuditEvent/${valueReference.reference.split('/').at(-1)}`);
    const who = access.agent.filter((agent) => agent.name).map((agent) => agent.name).join(', ');
    console.log(`  AuditEvent/${access.id}: ${access.recorded} by ${who}`);
  }
}

// Tells what is new. Returns what a person may then take.
async function take(parameters) {
  const subscription = value(parameters, 'subscription').reference.split('/').at(-1);
  let events = named(parameters, 'notification-event');
  const before = last.get(subscription) ?? 0;
  // Numbers have no gap: what is between the last that we know and this notice was missed.
  const known = events.length > 0 ? Math.min(...events.map(numberOf)) - 1 : Number(value(parameters, 'events-since-subscription-start') ?? 0);
  if (known > before) {
    console.log(`events ${before + 1} to ${known} were missed; fetching them`);
    events = [...(await fetchEvents(subscription, before + 1, known)), ...events];
  }
  const numbers = [];
  for (const event of events) {
    const number = numberOf(event);
    if (number <= (last.get(subscription) ?? 0)) continue; // told before
    await tell(event);
    last.set(subscription, number);
    numbers.push(number);
  }
  return { subscription, numbers };
}

// The HTTP status to answer, and what may be taken. 2xx says "we have it, do not send it again"; anything else brings the same notice back later.
async function receive(headers, body) {
  if (!isSigned(headers, body)) {
    await fetchKeys(); // the first notice, or a key rotation
    if (!isSigned(headers, body)) return { status: 400 };
  }
  const id = headers['webhook-id'];
  if (seen.has(id)) return { status: 204 };
  const { parameter } = JSON.parse(body).entry[0].resource;
  console.log(`${value(parameter, 'type')}, signature verified`);
  const told = await take(parameter);
  seen.add(id);
  if (seen.size > 10_000) seen.delete(seen.values().next().value);
  return { status: 204, told };
}

// A person takes events. A real system does this when the person says so, not when the notice comes.
async function acknowledge({ subscription, numbers }) {
  for (let at = 0; options.person && at < numbers.length; at += page) {
    const answer = await call('POST', `Subscription/${subscription}/$acknowledge`, {
      resourceType: 'Parameters',
      parameter: [...numbers.slice(at, at + page).map((number) => ({ name: 'number', valueInteger: number })), { name: 'person', valueString: options.person }],
    });
    console.log(`${value(answer.parameter, 'taken')} taken by ${options.person}`);
  }
}

async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > largestBody) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

let turn = Promise.resolve(); // one notice after the other: a repeat may come while the first is still being read

const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/notify') return response.writeHead(404).end();
  const body = await read(request).catch(() => undefined);
  if (body === undefined) return response.destroy(); // the sender broke off
  if (body === null) return response.writeHead(413, { connection: 'close' }).end();
  turn = turn.then(async () => {
    const { status, told } = await receive(request.headers, body).catch((failure) => {
      console.error(failure.message);
      return { status: 503 }; // we do not have it: it comes again
    });
    response.writeHead(status).end();
    if (told) await acknowledge(told).catch((failure) => console.error(failure.message)); // it stays on the work-list
  });
});

// One Subscription for this endpoint, however often we start. To ask for "requested" again also ends a status of error.
async function subscribe(endpoint) {
  const wanted = {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'Tell our duty team',
    criteria: 'https://fhir.cpis.example/SubscriptionTopic/record-accessed',
    channel: { type: 'rest-hook', endpoint, payload: 'application/fhir+json' },
  };
  const found = (await call('GET', `Subscription?url=${encodeURIComponent(endpoint)}`)).entry?.[0]?.resource.id;
  if (found) await call('PUT', `Subscription/${found}`, { ...wanted, id: found });
  else await call('POST', 'Subscription', wanted);
}

server.listen(Number(options.port), '127.0.0.1', async () => {
  const endpoint = `http://127.0.0.1:${server.address().port}/notify`;
  try {
    await subscribe(endpoint);
  } catch (failure) {
    console.error(failure.message);
    process.exit(1);
  }
  console.log(`listening on ${endpoint}`);
});
