using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Worklists;

/// <summary>
/// The Parameters of <c>$acknowledge</c>: who takes it, a note, and what: attendances, or numbers of events. Nothing that it does not know is
/// passed over.
/// </summary>
/// <param name="By">The named person and the note.</param>
/// <param name="What">Values of <c>attendance</c> or <c>number</c>, at least one, each once.</param>
/// <param name="AsOf">When the person saw them; needed with attendances.</param>
/// <param name="Sent">The body, for idempotency.</param>
internal sealed record AcknowledgementBody(
    Acknowledgement By,
    IReadOnlyList<string> What,
    DateTimeOffset? AsOf,
    ReadOnlyMemory<byte> Sent
)
{
    /// <summary>The parameter that names attendances.</summary>
    public const string Attendance = "attendance";

    /// <summary>The parameter that names events.</summary>
    public const string Number = "number";

    private const int MostBytes = 64 * 1_024;
    private const int MostValues = 100;
    private const int LongestNote = 1_000;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads and checks.</summary>
    /// <param name="context">The request, of a known caller.</param>
    /// <param name="what"><see cref="Attendance"/> or <see cref="Number"/>.</param>
    public static async Task<Result<AcknowledgementBody>> ReadAsync(HttpContext context, string what)
    {
        if ((await RequestBody.ReadResourceAsync(context, MostBytes)).IsRefused(out var refusal, out var body))
            return refusal;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Read(context.Caller(), document.RootElement, what, body);
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return NotParameters(what);
        }
    }

    /// <summary>The write as the service wants it.</summary>
    public AcknowledgementWrite WriteOf(HttpContext context, string interaction) =>
        new(context.Caller(), context.WriteOf(Sent), context.Identity().CorrelationId, interaction, By);

    private static Result<AcknowledgementBody> Read(
        Caller caller,
        JsonElement root,
        string what,
        ReadOnlyMemory<byte> body
    )
    {
        if (root.GetProperty("resourceType").GetString() != "Parameters")
            return NotParameters(what);
        var (values, person, note, asOf) = (new List<string>(), (string?)null, (string?)null, (DateTimeOffset?)null);
        var place = -1;
        foreach (var parameter in root.GetProperty("parameter").EnumerateArray())
        {
            place++;
            if (ValueOf(parameter) is not var (name, value))
                return NotParameters(what);
            switch (name)
            {
                case "person" when person is null && PersonRules.IsName(value):
                    person = value;
                    break;
                case "note" when note is null && value.Length <= LongestNote && !value.Any(IsHidden):
                    note = value;
                    break;
                case "asOf" when asOf is null && IsInstant(value, out var time):
                    asOf = time;
                    break;
                case var _ when name == what && IsOne(what, value):
                    if (!values.Contains(value))
                        values.Add(value);
                    break;
                default:
                    return Refusal.Malformed(
                        $"Send {what} (1 to {MostValues} times), person (a name of 1 to 140 characters), asOf (an instant; with attendance) and if you like note (at most {LongestNote} characters), each of these once.",
                        $"Parameters.parameter[{place}]",
                        SpineCodes.InvalidValue
                    );
            }
        }

        if (values.Count is 0 or > MostValues)
            return Refusal.Malformed(
                $"Found {values.Count} values of {what}; 1 to {MostValues} are allowed.",
                "Parameters.parameter",
                values.Count == 0 ? SpineCodes.MissingValue : SpineCodes.TooManyValues
            );
        if (what == Attendance && asOf is null)
            return Refusal.Malformed(
                "Send asOf: the time that the work-list said when the person saw it. What arose later is not taken.",
                "Parameters.parameter",
                SpineCodes.MissingValue
            );
        if (caller.Person is { } signedIn && person is not null && person != signedIn.Name)
            return Refusal.Malformed(
                "The token names the person already. Leave out the parameter person.",
                "Parameters.parameter",
                SpineCodes.InvalidValue
            );
        return (caller.Person?.Name ?? person) is { } who
            ? new AcknowledgementBody(new Acknowledgement(who, note), values, asOf, body)
            : Refusal.Malformed(
                "Only a named person can take a notice. Send the parameter person with the name, or a token that names one.",
                "Parameters.parameter",
                SpineCodes.MissingValue
            );
    }

    private static (string Name, string Value)? ValueOf(JsonElement parameter)
    {
        var members = parameter.EnumerateObject().ToList();
        var value = members.Find(member => member.Name.StartsWith("value", StringComparison.Ordinal)).Value;
        return members.Count == 2 && parameter.GetProperty("name").GetString() is { } name
            ? value.ValueKind switch
            {
                JsonValueKind.String => (name, value.GetString()!),
                JsonValueKind.Number => (name, value.GetRawText()),
                _ => null,
            }
            : null;
    }

    private static bool IsOne(string what, string value) =>
        what == Number
            ? long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            : value.Length is > 0 and <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    private static bool IsInstant(string value, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static bool IsHidden(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static Refusal NotParameters(string what) =>
        Refusal.Malformed(
            $"The body must be a Parameters resource. Each parameter must have a name and one value: {what}, person, note or asOf.",
            "Parameters"
        );
}
