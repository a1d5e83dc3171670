using System.Collections.Frozen;
using System.Globalization;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// What a look-up asks for: exactly one child by a valid NHS number, and what the setting knows of the child. Anything else is a 400: a
/// filter could hide a plan (promise 6). <c>_include</c> is taken and changes nothing: what an answer refers to is in it.
/// </summary>
/// <param name="Child">The child.</param>
public sealed record LookUpParameters(NhsNumber Child)
{
    /// <summary>What is in a refusal of a wrong NHS number in a search.</summary>
    internal const string InvalidNumber =
        $"Not a valid NHS number. Send {FhirSystems.NhsNumber}| and the number: ten digits without spaces; the last is a check digit.";

    private static readonly FrozenDictionary<LookUpInteraction, ParameterTable> Tables = new Dictionary<
        LookUpInteraction,
        ParameterTable
    >
    {
        [LookUpInteraction.Flag] = Table(
            ["patient:identifier", "patient.identifier", "subject:identifier"],
            "Flag:patient",
            "Flag:author"
        ),
        [LookUpInteraction.EpisodeOfCare] = Table(
            ["patient:identifier", "patient.identifier"],
            "EpisodeOfCare:patient"
        ),
        [LookUpInteraction.AuditEvent] = Table(["patient:identifier", "patient.identifier"]),
        [LookUpInteraction.ChildProtection] = Table(["nhsNumber"]),
        [LookUpInteraction.MissedAppointment] = MissedAppointment.Table,
    }.ToFrozenDictionary();

    /// <summary>The date of birth as the setting has it, to cross-check; null when it was not sent.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>The family name as the setting has it, to cross-check; null when it was not sent.</summary>
    public string? Family { get; init; }

    /// <summary>What is missed, where that is reported; null for a look-up.</summary>
    public MissedAppointment? Missed { get; init; }

    /// <summary>Everything that a look-up takes.</summary>
    public static ParameterTable TableOf(LookUpInteraction interaction) => Tables[interaction];

    /// <summary>Reads the parameters of a request.</summary>
    /// <param name="request">As it was asked.</param>
    /// <param name="now">The time: no appointment is missed before it.</param>
    public static Result<LookUpParameters> Parse(LookUpRequest request, DateTimeOffset now)
    {
        var table = Tables[request.Interaction];
        if (ParameterReader.Read(table, request.Parameters).IsRefused(out var refusal, out var asked))
            return refusal;
        var subjects = asked.All.Where(parameter => IsSubject(parameter.Row)).ToList();
        if (subjects.Count == 0)
        {
            var missing = table.Parameters.First(IsSubject).Name;
            return Refusal.Malformed(
                $"A look-up needs the child's NHS number in '{missing}'.",
                missing,
                SpineCodes.MissingValue
            );
        }

        if (subjects.Count > 1)
            return subjects[1]
                .Refuse("Found a second subject; a look-up is for exactly one child.", SpineCodes.TooManyValues);
        if (Number(request.Interaction, subjects[0]).IsRefused(out refusal, out var child))
            return refusal;
        if (request.Interaction == LookUpInteraction.MissedAppointment)
            return MissedAppointment.Parse(asked, now).IsRefused(out refusal, out var missed)
                ? refusal
                : new LookUpParameters(child) { Missed = missed };
        DateOnly? born = null;
        if (asked.Of("birthdate").FirstOrDefault() is { } birthDate)
        {
            if (
                !DateOnly.TryParseExact(
                    birthDate.Value.Text,
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    0,
                    out var day
                )
            )
                return birthDate.Refuse("The value must be one day, such as 2019-04-23, without a prefix.");
            born = day;
        }

        return new LookUpParameters(child) { BirthDate = born, Family = asked.Code("family") };
    }

    private static ParameterTable Table(string[] subjects, params string[] includes) =>
        new(
            "parameter of a look-up",
            [
                .. subjects.Select(Subject),
                new("birthdate", ParameterKind.Date) { IsOnce = true },
                new("family", ParameterKind.Text) { IsOnce = true },
                new("_include", ParameterKind.Include)
                {
                    Allowed = includes,
                    Never =
                        includes.Length > 0 ? null : "This look-up cannot include other resources. Leave _include out.",
                },
                new("_count", ParameterKind.Number)
                {
                    Never = "The answer to a look-up is never paged. Leave _count out.",
                },
            ]
        );

    /// <summary>The parameter that names the child.</summary>
    internal static Parameter Subject(string name) => new(name, ParameterKind.Token) { MostValues = 1 };

    private static bool IsSubject(Parameter row) => row.Kind == ParameterKind.Token;

    private static Result<NhsNumber> Number(LookUpInteraction interaction, AskedParameter subject)
    {
        var isOperation = interaction is LookUpInteraction.ChildProtection or LookUpInteraction.MissedAppointment;
        return
            (subject.Value.System == FhirSystems.NhsNumber || (isOperation && subject.Value.System is null))
            && NhsNumber.TryParse(subject.Value.Text, out var child)
            ? child
            : subject.Refuse(
                isOperation
                    ? "Not a valid NHS number. An NHS number is ten digits without spaces; the last is a check digit."
                    : InvalidNumber
            );
    }
}
