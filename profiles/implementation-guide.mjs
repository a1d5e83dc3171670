// Writes the ImplementationGuide resource: the table of contents of the package. `node implementation-guide.mjs BUILT EXAMPLES CONFIG`.
// It is made from what is there, so that it cannot leave anything out; SUSHI makes none when it makes no pages (FSHOnly).
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [built, examples, configFile] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const resources = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => read(join(folder, name)));
const config = readFileSync(configFile, "utf8");
const setting = (name) => config.match(new RegExp(`^\\s*${name}: (.*)$`, "m"))[1];

// In the order in which a reader wants them.
const order = [
  "CapabilityStatement",
  "OperationDefinition",
  "StructureDefinition",
  "SearchParameter",
  "ValueSet",
  "CodeSystem",
  "NamingSystem",
  "Basic",
];
const title = (resource) =>
  resource.title ??
  resource.extension?.find((part) => part.url.endsWith("SubscriptionTopic.title"))?.valueString ??
  resource.name ??
  resource.id;

const definitions = resources(built).filter((resource) => resource.resourceType !== "ImplementationGuide");
for (const { resourceType } of definitions)
  if (!order.includes(resourceType)) throw new Error(`implementation-guide: where does ${resourceType} belong?`);
definitions.sort((a, b) => order.indexOf(a.resourceType) - order.indexOf(b.resourceType));

const guide = {
  resourceType: "ImplementationGuide",
  id: setting("id"),
  url: `${setting("canonical")}/ImplementationGuide/${setting("id")}`,
  version: setting("version"),
  name: setting("name"),
  title: setting("title"),
  status: setting("status"),
  experimental: false,
  date: "2026-11-24",
  publisher: "The CpIs.Fhir contributors",
  description:
    "What Child Protection - Information Sharing says on the wire in FHIR R4: uploads of authorities, look-ups of care settings, notifications.",
  packageId: setting("id"),
  license: setting("license"),
  fhirVersion: [setting("fhirVersion")],
  dependsOn: [
    {
      id: "core",
      uri: "http://hl7.org/fhir/ImplementationGuide/hl7.fhir.r4.core",
      packageId: "hl7.fhir.r4.core",
      version: setting("fhirVersion"),
    },
  ],
  definition: {
    resource: [
      ...definitions.map((resource) => ({
        reference: { reference: `${resource.resourceType}/${resource.id}` },
        name: title(resource),
        ...(typeof resource.description === "string" && { description: resource.description }),
        exampleBoolean: false,
      })),
      ...resources(examples).map((resource) => ({
        reference: { reference: `${resource.resourceType}/${resource.id}` },
        name: `Example ${resource.resourceType}/${resource.id}`,
        ...(resource.meta?.profile
          ? { exampleCanonical: resource.meta.profile.find((url) => url.startsWith(setting("canonical"))) }
          : { exampleBoolean: true }),
      })),
    ],
  },
};
writeFileSync(join(built, `ImplementationGuide-${guide.id}.json`), JSON.stringify(guide, null, 2) + "\n");
