// What a test gives a client to do, as JSON on the standard input; see OtherClientsTests.cs.
import { text } from 'node:stream/consumers';

/** base: FHIR base without trailing slash; authority, setting: access tokens; upload: a transaction of one child with one plan; further: an
 *  EpisodeOfCare of that child that is not held; subscription: one to create; nhsNumber; planSystem. */
export const job = JSON.parse(await text(process.stdin));

export const numberToken = `https://fhir.nhs.uk/Id/nhs-number|${job.nhsNumber}`;

/** system|value of the authority's own plan id. */
export const planToken = (episode) => `${job.planSystem}|${episode.identifier[0].value}`;

export const resources = (bundle, type) => (bundle.entry ?? []).map((entry) => entry.resource).filter((resource) => resource?.resourceType === type);
