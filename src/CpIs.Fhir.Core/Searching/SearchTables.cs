using System.Collections.Frozen;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// The search parameters of every type that is kept in a store. What a published artefact is searched by stands with the
/// artefacts; what a look-up takes stands with the look-ups.
/// </summary>
public static class SearchTables
{
    private const string Hl7 = "http://hl7.org/fhir/SearchParameter/";

    private static readonly FrozenDictionary<RecordType, ParameterTable> ByType = new[]
    {
        Table(
            RecordType.Patient,
            Identifier("Patient-identifier"),
            new("family", ParameterKind.Text, Hl7 + "individual-family"),
            new("given", ParameterKind.Text, Hl7 + "individual-given"),
            new("name", ParameterKind.Text, Hl7 + "Patient-name"),
            new("birthdate", ParameterKind.Date, Hl7 + "individual-birthdate")
        ),
        Table(
            RecordType.EpisodeOfCare,
            Identifier("clinical-identifier"),
            PatientOf("patient", "clinical-patient"),
            Coded("status", "http://hl7.org/fhir/episode-of-care-status", Hl7 + "EpisodeOfCare-status"),
            Coded("type", FhirSystems.Snomed, Hl7 + "clinical-type"),
            Period("date", "clinical-date"),
            AuthorityOf("organization", "EpisodeOfCare-organization")
        ),
        Table(
            RecordType.Flag,
            Identifier("Flag-identifier"),
            PatientOf("patient", "clinical-patient"),
            PatientOf("subject", "Flag-subject"),
            Coded("status", "http://hl7.org/fhir/flag-status", FhirSystems.Own + "/SearchParameter/Flag-status"),
            Coded("code", FhirSystems.Snomed, FhirSystems.Own + "/SearchParameter/Flag-code"),
            Period("date", "clinical-date"),
            AuthorityOf("author", "Flag-author")
        ),
        Table(
            RecordType.Organization,
            Identifier("Organization-identifier"),
            new("name", ParameterKind.Text, Hl7 + "Organization-name")
        ),
        Table(
            RecordType.Subscription,
            new("url", ParameterKind.Uri, Hl7 + "Subscription-url"),
            Coded("status", "http://hl7.org/fhir/subscription-status", Hl7 + "Subscription-status") with
            {
                Allowed = ["requested", "active", "error", "off"],
            },
            new("criteria", ParameterKind.Text, Hl7 + "Subscription-criteria")
            {
                Choices = [.. TopicTable.All.Select(row => row.Canonical)],
            },
            // There is one value: the payload that is kept is the one that is sent.
            Coded("payload", "urn:ietf:bcp:13", Hl7 + "Subscription-payload") with
            {
                Always = SubscriptionTerms.FhirJson,
            }
        ),
    }.ToFrozenDictionary();

    /// <summary>The table of AuditEvent as an authority and an operator search it; a setting's search is a look-up.</summary>
    public static ParameterTable AuditEvent { get; } =
        ParameterTable.Search(
            "AuditEvent",
            [
                PatientOf("patient", "AuditEvent-patient") with
                {
                    NeedsModifier = true,
                    MostValues = 1,
                    IsOnce = true,
                },
                new("date", ParameterKind.Date, Hl7 + "AuditEvent-date"),
                new("agent", ParameterKind.Reference, Hl7 + "AuditEvent-agent")
                {
                    Modifiers = ["identifier"],
                    NeedsModifier = true,
                },
                new("entity", ParameterKind.Reference, Hl7 + "AuditEvent-entity") { Modifiers = ["identifier"] },
                Coded("outcome", "http://hl7.org/fhir/audit-event-outcome", Hl7 + "AuditEvent-outcome") with
                {
                    Allowed = ["0", "4", "8", "12"],
                },
            ],
            "date"
        );

    /// <summary>The tables of all types of record.</summary>
    public static IEnumerable<ParameterTable> Records => ByType.Values;

    /// <summary>The table of a type.</summary>
    public static ParameterTable Of(RecordType type) => ByType[type];

    private static KeyValuePair<RecordType, ParameterTable> Table(RecordType type, params Parameter[] own) =>
        new(
            type,
            ParameterTable.Search(
                type.ToString(),
                [
                    .. own,
                    .. Inclusion("_include", IncludedReference.From(type)),
                    .. Inclusion("_revinclude", IncludedReference.To(type)),
                ]
            )
        );

    private static Parameter[] Inclusion(string name, IReadOnlyList<string> references) =>
        references.Count == 0 ? [] : [new(name, ParameterKind.Include) { Allowed = references }];

    private static Parameter Identifier(string definition) => new("identifier", ParameterKind.Token, Hl7 + definition);

    private static Parameter Coded(string name, string system, string definition) =>
        new(name, ParameterKind.Token, definition) { System = system };

    private static Parameter Period(string name, string definition) =>
        new(name, ParameterKind.Date, Hl7 + definition) { IsPeriod = true };

    private static Parameter PatientOf(string name, string definition) =>
        new(name, ParameterKind.Reference, Hl7 + definition)
        {
            Token = "patient",
            Target = "Patient",
            System = FhirSystems.NhsNumber,
            Modifiers = ["identifier"],
        };

    private static Parameter AuthorityOf(string name, string definition) =>
        new(name, ParameterKind.Reference, Hl7 + definition)
        {
            Target = "Organization",
            System = FhirSystems.OdsOrganisation,
            Modifiers = ["identifier"],
        };
}
