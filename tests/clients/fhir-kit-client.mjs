// The job of an authority and of a setting with fhir-kit-client, untouched.
import assert from 'node:assert/strict';
import { Client } from 'fhir-kit-client';
import { job, numberToken, planToken, resources } from './job.mjs';

const authority = new Client({ baseUrl: job.base, bearerToken: job.authority });
const setting = new Client({ baseUrl: job.base, bearerToken: job.setting });

const statement = await authority.capabilityStatement();
assert.equal(statement.fhirVersion, '4.0.1');
assert.ok((await authority.smartAuthMetadata()).tokenUrl, 'it finds where tokens are given');

// An authority uploads a child with a plan, adds a second plan, reads, changes, ends, and deletes it.
const acknowledgement = await authority.transaction({ body: job.upload });
assert.equal(acknowledgement.type, 'transaction-response');
const [patient] = resources(await authority.search({ resourceType: 'Patient', searchParams: { identifier: numberToken }, options: { postSearch: true } }), 'Patient');
job.further.patient.reference = `Patient/${patient.id}`;
const created = await authority.create({ resourceType: 'EpisodeOfCare', body: job.further });
assert.equal(created.meta.versionId, '1');
const ended = await authority.update({
  resourceType: 'EpisodeOfCare',
  id: created.id,
  body: { ...created, status: 'finished', period: { ...created.period, end: job.today } },
  options: { headers: { 'If-Match': 'W/"1"' } },
});
assert.equal(ended.meta.versionId, '2');
const again = await authority.update({ resourceType: 'EpisodeOfCare', searchParams: { identifier: planToken(created) }, body: { ...ended, id: undefined } });
assert.equal(again.meta.versionId, '2', 'unchanged');
await assert.rejects(
  authority.update({ resourceType: 'EpisodeOfCare', id: created.id, body: ended, options: { headers: { 'If-Match': 'W/"1"' } } }),
  (failure) => failure.response.status === 412 && failure.response.data.issue[0].diagnostics.includes('version'),
);
assert.equal((await authority.vread({ resourceType: 'EpisodeOfCare', id: created.id, version: '1' })).status, 'active');
assert.equal((await authority.history({ resourceType: 'EpisodeOfCare', id: created.id })).entry.length, 2);
const held = await authority.search({ resourceType: 'EpisodeOfCare', searchParams: { _count: '1', patient: patient.id } });
assert.equal(held.total, 2);
assert.equal((await authority.nextPage({ bundle: held })).entry.length, 1);
await authority.delete({ resourceType: 'EpisodeOfCare', id: created.id });
await assert.rejects(authority.read({ resourceType: 'EpisodeOfCare', id: created.id }), (failure) => failure.response.status === 410);
await assert.rejects(
  authority.patch({ resourceType: 'EpisodeOfCare', id: created.id, jsonPatch: [] }),
  (failure) => failure.response.data.resourceType === 'OperationOutcome',
);

// It finds what a record refers to.
const first = await authority.search({ resourceType: 'Flag', searchParams: { _count: '1', _include: ['Flag:patient', 'Flag:author'], identifier: planToken(job.episode) } });
assert.equal(first.total, 1);
assert.equal(resources(first, 'Patient')[0].id, patient.id);
const [flag] = resources(first, 'Flag');
assert.equal((await authority.resolve({ reference: flag.subject.reference })).id, patient.id);

// It subscribes, and ends that.
const subscription = await authority.create({ resourceType: 'Subscription', body: job.subscription });
assert.equal(subscription.status, 'requested');
await authority.delete({ resourceType: 'Subscription', id: subscription.id });

// A setting looks the child up, by the operation and by searches, and sees who asked before.
const answer = await setting.operation({
  resourceType: 'Patient',
  name: 'child-protection',
  input: { resourceType: 'Parameters', parameter: [{ name: 'nhsNumber', valueString: job.nhsNumber }] },
});
const found = await setting.search({ resourceType: 'Flag', searchParams: { 'patient:identifier': numberToken }, options: { postSearch: true } });
for (const bundle of [answer, found]) {
  assert.equal(bundle.total, 1);
  assert.match(resources(bundle, 'OperationOutcome')[0].issue[0].diagnostics, /^PLAN HELD for /);
}
const [shown] = resources(found, 'Flag');
assert.equal((await setting.resolve({ reference: shown.subject.reference, context: found })).id, patient.id);
assert.equal((await setting.resolve({ reference: shown.author.reference })).resourceType, 'Organization');
const history = await setting.search({ resourceType: 'AuditEvent', searchParams: { 'patient:identifier': numberToken }, options: { postSearch: true } });
assert.ok(resources(history, 'AuditEvent').length > 0);

// And the authority reads of the accesses.
const accesses = await authority.search({ resourceType: 'AuditEvent', searchParams: { 'patient:identifier': numberToken }, options: { postSearch: true } });
assert.ok(accesses.total > 0);
console.log('done');
