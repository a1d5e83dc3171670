using System.Collections.Frozen;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>The kinds of search parameter of R4 that are spoken here.</summary>
public enum SearchKind
{
    /// <summary><c>system|value</c>, <c>value</c>, or <c>system|</c>.</summary>
    Token,

    /// <summary>Text, matched from its beginning without regard to case and accents.</summary>
    Text,

    /// <summary>A date with an optional prefix.</summary>
    Date,

    /// <summary><c>Type/id</c> or <c>id</c>; or, with the modifier <c>identifier</c> (or chained), <c>system|value</c>.</summary>
    Reference,
}

/// <summary>One search parameter: what a caller may ask, and what it is made from.</summary>
/// <param name="Type">The resource type it searches.</param>
/// <param name="Code">Its name.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Definition">Canonical of its SearchParameter.</param>
public sealed record SearchParameter(RecordType Type, string Code, SearchKind Kind, string Definition)
{
    /// <summary>Whose tokens it reads (<see cref="SearchTokens"/>); <c>subject</c> of a Flag reads those of <c>patient</c>.</summary>
    internal string Token { get; init; } = Code;

    /// <summary>The one system of its codes; null for identifiers, which have several.</summary>
    internal string? System { get; init; }

    /// <summary>What a reference leads to.</summary>
    internal string? Target { get; init; }

    /// <summary>True for a period, which has a start and an end.</summary>
    internal bool IsPeriod { get; init; }

    /// <summary>Modifiers that may follow the name after a colon.</summary>
    public IReadOnlyList<string> Modifiers { get; init; } = [];
}

/// <summary>
/// Every search parameter of stored records, in one table: it decides what a search takes, and the CapabilityStatement
/// shows it. <c>_id</c>, <c>_lastUpdated</c>, <c>_sort</c>, <c>_count</c> and <c>_total</c> are taken everywhere.
/// </summary>
public static class SearchParameters
{
    private const string Hl7 = "http://hl7.org/fhir/SearchParameter/";

    /// <summary>The table.</summary>
    public static IReadOnlyList<SearchParameter> All { get; } =
    [
        new(RecordType.Patient, "identifier", SearchKind.Token, Hl7 + "Patient-identifier"),
        new(RecordType.Patient, "family", SearchKind.Text, Hl7 + "individual-family"),
        new(RecordType.Patient, "given", SearchKind.Text, Hl7 + "individual-given"),
        new(RecordType.Patient, "name", SearchKind.Text, Hl7 + "Patient-name"),
        new(RecordType.Patient, "birthdate", SearchKind.Date, Hl7 + "individual-birthdate"),
        new(RecordType.EpisodeOfCare, "identifier", SearchKind.Token, Hl7 + "clinical-identifier"),
        PatientOf(RecordType.EpisodeOfCare, "patient", Hl7 + "clinical-patient"),
        Coded(RecordType.EpisodeOfCare, "status", "http://hl7.org/fhir/episode-of-care-status", "EpisodeOfCare-status"),
        Coded(RecordType.EpisodeOfCare, "type", FhirSystems.Snomed, "clinical-type"),
        new(RecordType.EpisodeOfCare, "date", SearchKind.Date, Hl7 + "clinical-date") { IsPeriod = true },
        AuthorityOf(RecordType.EpisodeOfCare, "organization", Hl7 + "EpisodeOfCare-organization"),
        new(RecordType.Flag, "identifier", SearchKind.Token, Hl7 + "Flag-identifier"),
        PatientOf(RecordType.Flag, "patient", Hl7 + "clinical-patient"),
        PatientOf(RecordType.Flag, "subject", Hl7 + "Flag-subject"),
        new(RecordType.Flag, "status", SearchKind.Token, FhirSystems.Own + "/SearchParameter/Flag-status")
        {
            System = "http://hl7.org/fhir/flag-status",
        },
        new(RecordType.Flag, "code", SearchKind.Token, FhirSystems.Own + "/SearchParameter/Flag-code")
        {
            System = FhirSystems.Snomed,
        },
        new(RecordType.Flag, "date", SearchKind.Date, Hl7 + "clinical-date") { IsPeriod = true },
        AuthorityOf(RecordType.Flag, "author", Hl7 + "Flag-author"),
        new(RecordType.Organization, "identifier", SearchKind.Token, Hl7 + "Organization-identifier"),
        new(RecordType.Organization, "name", SearchKind.Text, Hl7 + "Organization-name"),
    ];

    private static readonly FrozenDictionary<(RecordType, string), SearchParameter> ByCode = All.ToFrozenDictionary(
        parameter => (parameter.Type, parameter.Code)
    );

    /// <summary>The parameter of that name, or null.</summary>
    public static SearchParameter? Find(RecordType type, string code) => ByCode.GetValueOrDefault((type, code));

    /// <summary>Every parameter of a type, in the order of the table.</summary>
    public static IEnumerable<SearchParameter> Of(RecordType type) => All.Where(parameter => parameter.Type == type);

    private static SearchParameter Coded(RecordType type, string code, string system, string definition) =>
        new(type, code, SearchKind.Token, Hl7 + definition) { System = system };

    private static SearchParameter PatientOf(RecordType type, string code, string definition) =>
        new(type, code, SearchKind.Reference, definition)
        {
            Token = "patient",
            Target = "Patient",
            System = FhirSystems.NhsNumber,
            Modifiers = ["identifier"],
        };

    private static SearchParameter AuthorityOf(RecordType type, string code, string definition) =>
        new(type, code, SearchKind.Reference, definition)
        {
            Target = "Organization",
            System = FhirSystems.OdsOrganisation,
            Modifiers = ["identifier"],
        };
}
