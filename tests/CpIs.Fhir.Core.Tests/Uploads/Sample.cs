using System.Text.Json.Nodes;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>Parts of an upload that keep every rule, for a test to break one.</summary>
public static class Sample
{
    public const string Robin = "9990000018";
    public const string Casey = "9990000026";
    public const string PatientUrl = "urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f11";
    public const string EpisodeUrl = "urn:uuid:d4a7cae5-4eb8-4fbc-8d6a-9b5eafc03c44";
    public const string FlagUrl = "urn:uuid:e5b8dbf6-5fc9-4acd-9e7b-ac6fb0d14d55";
    public const string Nhs = FhirSystems.NhsNumber;

    public static JsonNode Bundle(params JsonNode[] entries) =>
        new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(entries),
        };

    /// <summary>With the time at which the data was taken from the register.</summary>
    public static JsonNode At(this JsonNode bundle, DateTimeOffset time)
    {
        bundle["timestamp"] = time.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        return bundle;
    }

    /// <summary>A child on a plan: Patient and EpisodeOfCare.</summary>
    public static JsonNode Child(string ods = "XHF01", string plan = "CPP-0001", string number = Robin) =>
        Bundle(Patient(number, ods), Episode(plan, number, ods));

    /// <summary>With the Flag sent along.</summary>
    public static JsonNode ChildWithFlag(string plan = "CPP-0001") => Bundle(Patient(), Episode(plan), Flag(plan));

    public static JsonObject Patient(string number = Robin, string ods = "XHF01", string url = PatientUrl) =>
        JsonNode
            .Parse(
                $$"""
                {
                  "fullUrl": "{{url}}",
                  "resource": {
                    "resourceType": "Patient",
                    "identifier": [
                      { "system": "{{Nhs}}", "value": "{{number}}" },
                      { "system": "https://fhir.cpis.example/Id/local-person/{{ods}}", "value": "L-1001" }
                    ],
                    "name": [ { "family": "Fernwood", "given": [ "Robin", "Alex" ] } ],
                    "birthDate": "2019-04-23"
                  },
                  "request": { "method": "PUT", "url": "Patient?identifier={{Nhs}}|{{number}}" }
                }
                """
            )!
            .AsObject();

    public static JsonObject Episode(
        string plan = "CPP-0001",
        string number = Robin,
        string ods = "XHF01",
        string patient = PatientUrl,
        string code = "342191000000101",
        string url = EpisodeUrl
    ) =>
        JsonNode
            .Parse(
                $$"""
                {
                  "fullUrl": "{{url}}",
                  "resource": {
                    "resourceType": "EpisodeOfCare",
                    "identifier": [ { "system": "https://fhir.cpis.example/Id/plan/{{ods}}", "value": "{{plan}}" } ],
                    "status": "active",
                    "type": [ { "coding": [ { "system": "http://snomed.info/sct", "code": "{{code}}" } ] } ],
                    "patient": {
                      "reference": "{{patient}}",
                      "identifier": { "system": "{{Nhs}}", "value": "{{number}}" }
                    },
                    "managingOrganization": {
                      "identifier": { "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "{{ods}}" }
                    },
                    "period": { "start": "2026-10-05" }
                  },
                  "request": {
                    "method": "PUT",
                    "url": "EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/{{ods}}|{{plan}}"
                  }
                }
                """
            )!
            .AsObject();

    public static JsonObject Flag(
        string plan = "CPP-0001",
        string number = Robin,
        string patient = PatientUrl,
        string episode = EpisodeUrl
    ) =>
        JsonNode
            .Parse(
                $$"""
                {
                  "fullUrl": "{{FlagUrl}}",
                  "resource": {
                    "resourceType": "Flag",
                    "extension": [
                      { "url": "{{FhirSystems.FlagDetail}}", "valueReference": { "reference": "{{episode}}" } }
                    ],
                    "identifier": [ { "system": "https://fhir.cpis.example/Id/plan/XHF01", "value": "{{plan}}" } ],
                    "status": "active",
                    "category": [ { "coding": [ { "system": "{{FhirSystems.FlagCategory}}", "code": "safety" } ] } ],
                    "code": { "coding": [ { "system": "http://snomed.info/sct", "code": "342191000000101" } ] },
                    "subject": {
                      "reference": "{{patient}}",
                      "identifier": { "system": "{{Nhs}}", "value": "{{number}}" }
                    },
                    "period": { "start": "2026-10-05" },
                    "author": {
                      "identifier": { "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "XHF01" }
                    }
                  },
                  "request": { "method": "PUT", "url": "Flag?identifier=https://fhir.cpis.example/Id/plan/XHF01|{{plan}}" }
                }
                """
            )!
            .AsObject();

    /// <summary>Changes one element of the resource of an entry; a null value takes it away.</summary>
    public static JsonObject With(this JsonObject entry, string path, JsonNode? value)
    {
        var steps = path.Split('.');
        JsonNode at = entry;
        foreach (var step in steps[..^1])
            at = int.TryParse(step, out var index) ? at[index]! : at[step]!;
        if (int.TryParse(steps[^1], out var last))
            at[last] = value;
        else if (value is null)
            at.AsObject().Remove(steps[^1]);
        else
            at[steps[^1]] = value;
        return entry;
    }
}
