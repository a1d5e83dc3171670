using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>What <c>agent</c>, <c>entity</c> and <c>outcome</c> ask of an AuditEvent: exactly what its reader sees in it.</summary>
internal static class AuditEventDetails
{
    private static readonly string[] Names = ["agent", "entity", "outcome"];

    /// <summary>Of a search, null where it asks for none of the three; or why it cannot be answered.</summary>
    /// <param name="asked">The search.</param>
    /// <param name="reader">An authority or an operator.</param>
    /// <param name="opener">The access that opened the attendance which is asked for, or null.</param>
    public static Result<Func<Occurrence, bool>?> Of(AskedParameters asked, Caller reader, Occurrence? opener)
    {
        var tests = new List<Func<Occurrence, bool>>();
        foreach (var parameter in asked.All.Where(parameter => Names.Contains(parameter.Row.Name)))
        {
            if (RefuseChild(parameter, reader) is { } refusal)
                return refusal;
            tests.Add(occurrence =>
                parameter.Values.Any(value =>
                    value.System == FhirSystems.Attendance && value.Text == opener?.Id
                        ? Attendance.IsOf(occurrence, opener, reader.Organisation)
                        : Holds(parameter, value, occurrence, reader)
                )
            );
        }

        return tests.Count == 0
            ? (Func<Occurrence, bool>?)null
            : (Func<Occurrence, bool>)(occurrence => tests.TrueForAll(test => test(occurrence)));
    }

    /// <summary>An operator may not ask what it may not see.</summary>
    private static Refusal? RefuseChild(AskedParameter parameter, Caller reader) =>
        reader.Kind == CallerKind.Operator
        && parameter.Row.Name == "entity"
        && parameter.Values.Any(value => value.System != FhirSystems.Transaction)
            ? Refusal.Forbidden(
                $"An operator sees no child and no plan. Send entity:identifier={FhirSystems.Transaction}| and an X-Request-ID.",
                parameter.Name
            )
            : null;

    private static bool Holds(AskedParameter parameter, AskedValue value, Occurrence occurrence, Caller reader) =>
        parameter.Row.Name switch
        {
            "outcome" => IsNamed((parameter.Row.System!, AuditEventWriter.Outcome(occurrence)), value),
            "agent" => Agents(occurrence).Any(agent => IsNamed(agent, value)),
            _ when parameter.Modifier is not null => Identifiers(occurrence, reader)
                .Any(entity => IsNamed(entity, value)),
            _ => AuditEventWriter
                .PlansOf(occurrence)
                .Any(plan => plan.Authority == reader.Organisation && Is(plan, value.Text)),
        };

    private static bool IsNamed((string System, string Value) named, AskedValue value) =>
        named.Value == value.Text && (value.System is null || value.System == named.System);

    private static IEnumerable<(string System, string Value)> Agents(Occurrence occurrence)
    {
        yield return (AuditEventWriter.ClientSystem, occurrence.ClientId);
        yield return (FhirSystems.OdsOrganisation, occurrence.Organisation.Value);
        if (occurrence.Person is { } person)
            yield return (FhirSystems.SdsUser, person.SdsUserId);
    }

    private static IEnumerable<(string System, string Value)> Identifiers(Occurrence occurrence, Caller reader)
    {
        yield return (FhirSystems.Transaction, occurrence.RequestId);
        if (reader.Kind != CallerKind.Operator && occurrence.Child is { } child)
            yield return (FhirSystems.NhsNumber, child.Digits);
        if (AuditEventWriter.AttendanceFor(occurrence, reader) is { } attendance)
            yield return (FhirSystems.Attendance, attendance.Opener);
    }

    /// <summary>A plan is named with its version or, for any, without.</summary>
    private static bool Is(ShownPlan plan, string reference) =>
        AuditEventWriter.Reference(plan) is var shown
        && (shown == reference || shown[..shown.IndexOf("/_history", StringComparison.Ordinal)] == reference);
}
