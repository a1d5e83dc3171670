// The job of an authority and of a setting with fhirclient (SMART on FHIR), untouched.
import assert from 'node:assert/strict';
import FHIR from 'fhirclient';
import { job, numberToken, planToken, resources } from './job.mjs';

const connect = (token) => FHIR(undefined, undefined).client({ serverUrl: job.base, tokenResponse: { access_token: token, token_type: 'Bearer' } });
const authority = connect(job.authority);
const setting = connect(job.setting);
const query = (type, parameters) => `${type}?${new URLSearchParams(parameters)}`;

assert.equal(await authority.getFhirVersion(), '4.0.1');

// An authority uploads a child with a plan, adds a second plan, reads, changes, ends, and deletes it.
const acknowledgement = await authority.request({
  url: job.base,
  method: 'POST',
  headers: { 'content-type': 'application/fhir+json' },
  body: JSON.stringify(job.upload),
});
assert.equal(acknowledgement.type, 'transaction-response');
const [patient] = resources(await authority.request(query('Patient', { identifier: numberToken })), 'Patient');
job.further.patient.reference = `Patient/${patient.id}`;
const created = await authority.create(job.further);
assert.equal(created.meta.versionId, '1');
const ended = await authority.update(
  { ...created, status: 'finished', period: { ...created.period, end: job.today } },
  { headers: { 'content-type': 'application/json', 'If-Match': 'W/"1"' } },
);
assert.equal(ended.meta.versionId, '2');
const conditional = await authority.request({
  url: query('EpisodeOfCare', { identifier: planToken(created) }),
  method: 'PUT',
  headers: { 'content-type': 'application/fhir+json' },
  body: JSON.stringify({ ...ended, id: undefined }),
});
assert.equal(conditional.meta.versionId, '2', 'unchanged');
await assert.rejects(authority.update(ended, { headers: { 'content-type': 'application/json', 'If-Match': 'W/"1"' } }), (failure) => failure.status === 412);
assert.equal((await authority.request(`EpisodeOfCare/${created.id}/_history/1`)).status, 'active');
assert.equal((await authority.request(`EpisodeOfCare/${created.id}/_history`)).entry.length, 2);
const pages = await authority.request(query('EpisodeOfCare', { _count: '1', patient: patient.id }), { pageLimit: 0, flat: true });
assert.equal(pages.length, 2, 'both pages, of one plan each');
await authority.delete(`EpisodeOfCare/${created.id}`);
await assert.rejects(authority.request(`EpisodeOfCare/${created.id}`), (failure) => failure.status === 410);
await assert.rejects(authority.patch(`EpisodeOfCare/${created.id}`, [{ op: 'test', path: '/status', value: 'active' }]), (failure) => failure.status === 405);

// It finds what a record refers to.
const graph = await authority.request(query('Flag', { identifier: planToken(job.episode) }), { resolveReferences: ['subject', 'author'], graph: true, flat: true });
assert.equal(graph[0].subject.id, patient.id);
assert.equal(graph[0].author.resourceType, 'Organization');

// It subscribes, and ends that.
const subscription = await authority.create(job.subscription);
assert.equal(subscription.status, 'requested');
await authority.delete(`Subscription/${subscription.id}`);

// A setting looks the child up, by the operation and by a search, and sees who asked before.
const answer = await setting.request({
  url: 'Patient/$child-protection',
  method: 'POST',
  headers: { 'content-type': 'application/fhir+json' },
  body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'nhsNumber', valueString: job.nhsNumber }] }),
});
const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ 'patient:identifier': numberToken }).toString() };
const found = await setting.request({ url: 'Flag/_search', ...form });
for (const bundle of [answer, found]) {
  assert.equal(bundle.total, 1);
  assert.match(resources(bundle, 'OperationOutcome')[0].issue[0].diagnostics, /^PLAN HELD for /);
}
const [shown] = resources(found, 'Flag');
assert.equal((await setting.request(shown.author.reference)).resourceType, 'Organization');
assert.ok(resources(await setting.request({ url: 'AuditEvent/_search', ...form }), 'AuditEvent').length > 0);

// And the authority reads of the accesses.
assert.ok((await authority.request({ url: 'AuditEvent/_search', ...form })).total > 0);
console.log('done');
