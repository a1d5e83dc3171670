using System.Globalization;
using System.Text;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Profile CPIS-Patient: who the child is, and nothing more.</summary>
internal static class PatientRules
{
    private const int LongestName = 200;
    private const string LocalSystems = FhirSystems.Own + "/Id/local-person/";

    private static readonly AllowedElements Allowed = new([
        "id",
        "meta.versionId",
        "meta.lastUpdated",
        "meta.profile",
        "identifier.system",
        "identifier.value",
        "name.family",
        "name.given",
        "birthDate",
        "managingOrganization.reference",
        "managingOrganization.identifier.system",
        "managingOrganization.identifier.value",
    ]);

    /// <summary>What the Patient says, or null with the reasons told.</summary>
    public static PatientContent? Read(Patient patient, Place place, UploadContext context)
    {
        var before = place.Findings.Count;
        Allowed.Check(patient, place);
        if (patient.ManagingOrganization is { } authority)
            SharedRules.Authority(place, "managingOrganization", authority, context);
        var (number, localId) = Identifiers(patient.Identifier, place, context);
        var name = patient.Name.Count == 1 ? patient.Name[0] : null;
        if (name is null)
            place.Miss("name", "cpis-patient-name", "Exactly one name is expected, with family and given names.");
        else
            CheckName(name, place);
        var born = BirthDate(patient.BirthDate, place, context);
        return place.Findings.Count == before
            ? new PatientContent(number!.Value, localId, name!.Family!, [.. name.Given!], born!.Value)
            : null;
    }

    private static (NhsNumber?, string?) Identifiers(List<Identifier> identifiers, Place place, UploadContext context)
    {
        NhsNumber? number = null;
        string? localId = null;
        var (numbers, others) = (0, 0);
        var localSystem = FhirSystems.LocalPersonId(context.Authority);
        for (var i = 0; i < identifiers.Count; i++)
        {
            var identifier = identifiers[i];
            var element = $"identifier[{i}]";
            if (identifier.System == FhirSystems.NhsNumber)
            {
                numbers++;
                number = SharedRules.Number(place, element, identifier);
                continue;
            }

            others++;
            if (identifier.System != localSystem)
                SharedRules.NameOther(
                    place,
                    $"{element}.system",
                    identifier.System,
                    LocalSystems,
                    $"{FhirSystems.NhsNumber} or {localSystem}",
                    "cpis-patient-local-id"
                );
            else if (identifier.Value is null)
                place.Miss($"{element}.value", "cpis-patient-local-id", "The local person id is missing.");
            else if (!SharedRules.IsOwnId(identifier.Value))
                place.Break($"{element}.value", "cpis-own-id", SharedRules.OwnIdRule);
            else
                localId = identifier.Value;
        }

        if (numbers != 1)
            place.Miss("identifier", "cpis-patient-nhs-number", "Exactly one NHS number is expected.");
        if (others > 1)
            place.Break("identifier", "cpis-patient-local-id", "At most one local person id is taken.");
        return (number, localId);
    }

    private static void CheckName(HumanName name, Place place)
    {
        if (name.Family is null)
            place.Miss("name[0].family", "cpis-patient-name", "The family name is missing.");
        else
            CheckPart(name.Family, "name[0].family", place);
        var given = name.Given.ToList();
        if (given.Count == 0)
            place.Miss("name[0].given", "cpis-patient-name", "At least one given name is expected.");
        for (var i = 0; i < given.Count; i++)
            if (given[i] is { } part)
                CheckPart(part, $"name[0].given[{i}]", place);
            else
                place.Miss($"name[0].given[{i}]", "cpis-patient-name", "The given name has no value.");
    }

    private static void CheckPart(string part, string element, Place place)
    {
        if (part.Length > LongestName)
            place.Break(element, "cpis-patient-name-length", $"A name has at most {LongestName} characters.");
        else if (char.IsWhiteSpace(part[0]) || char.IsWhiteSpace(part[^1]))
            place.Break(
                element,
                "cpis-patient-name-trimmed",
                "A name neither begins nor ends with white space: it would differ from the same name elsewhere."
            );
        else if (part.EnumerateRunes().Any(IsHidden))
            place.Break(
                element,
                "cpis-patient-name-one-line",
                "A name holds no tab, no line break and no invisible format character: it would not be read as it is written."
            );
    }

    /// <summary>The joiners U+200C and U+200D are part of how some names are spelt.</summary>
    private static bool IsHidden(Rune character) =>
        Rune.GetUnicodeCategory(character) switch
        {
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
            UnicodeCategory.Format => character.Value is not (0x200C or 0x200D),
            _ => false,
        };

    private static DateOnly? BirthDate(string? text, Place place, UploadContext context)
    {
        if (text is null)
            place.Miss("birthDate", "cpis-patient-birth-date", "The date of birth is missing.");
        else if (
            !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born)
        )
            place.Break(
                "birthDate",
                "cpis-birth-date-day",
                "The date of birth names the day: the 18th birthday ends visibility."
            );
        else if (born > context.Today || born.Year < 1900)
            place.Break("birthDate", "cpis-patient-birth-date", "The date of birth lies in the future or before 1900.");
        else
            return born;
        return null;
    }
}
