using System.Text.Json;
using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Occurrences;

/// <summary>
/// An <see cref="Occurrence"/> as the one document that every store writes. The names are short because a look-up that
/// found nothing, 97 % of all, is little more than names. Documents outlive versions of this code: names here are
/// never reused for something else, and enumeration members are written by name.
/// </summary>
public static class OccurrenceJson
{
    /// <summary>The document, UTF-8.</summary>
    public static byte[] Write(Occurrence occurrence) =>
        JsonSerializer.SerializeToUtf8Bytes(
            OccurrenceDocument.Of(occurrence),
            OccurrenceJsonContext.Default.OccurrenceDocument
        );

    /// <summary>Reads back what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is no such document. The message does not repeat it.</exception>
    public static Occurrence Read(ReadOnlySpan<byte> document) =>
        JsonSerializer.Deserialize(document, OccurrenceJsonContext.Default.OccurrenceDocument)?.ToOccurrence()
        ?? throw new JsonException("Not an occurrence.");
}

internal sealed record OccurrenceDocument
{
    [JsonPropertyName("i")]
    public required string Id { get; init; }

    [JsonPropertyName("k")]
    public required OccurrenceKind Kind { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("t")]
    public required long Time { get; init; }

    [JsonPropertyName("c")]
    public required string ClientId { get; init; }

    [JsonPropertyName("o")]
    public required string Organisation { get; init; }

    [JsonPropertyName("on")]
    public required string OrganisationName { get; init; }

    [JsonPropertyName("ck")]
    public required CallerKind CallerKind { get; init; }

    [JsonPropertyName("p")]
    public PersonDocument? Person { get; init; }

    [JsonPropertyName("x")]
    public required string Interaction { get; init; }

    [JsonPropertyName("n")]
    public string? Child { get; init; }

    [JsonPropertyName("m")]
    public LookUpMode? Mode { get; init; }

    [JsonPropertyName("e")]
    public AccessOutcome? Outcome { get; init; }

    [JsonPropertyName("r")]
    public string? Reason { get; init; }

    [JsonPropertyName("q")]
    public string? Query { get; init; }

    [JsonPropertyName("ri")]
    public required string RequestId { get; init; }

    [JsonPropertyName("ci")]
    public string? CorrelationId { get; init; }

    [JsonPropertyName("s")]
    public ShownDocument[]? Shown { get; init; }

    [JsonPropertyName("seen")]
    public string[]? Seen { get; init; }

    /// <summary>Written for servers of earlier versions on the same store; nobody else reads it.</summary>
    [JsonPropertyName("a")]
    public string[]? Concerns { get; init; }

    [JsonPropertyName("h")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool InHistory { get; init; }

    [JsonPropertyName("b")]
    public ObligationDocument[]? Obligations { get; init; }

    [JsonPropertyName("v")]
    public AttendanceDocument[]? Attendances { get; init; }

    [JsonPropertyName("l")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Prolongs { get; init; }

    [JsonPropertyName("op")]
    public string? OrganisationPhone { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("ap")]
    public long? Appointment { get; init; }

    [JsonPropertyName("up")]
    public UploadNotice? Upload { get; init; }

    [JsonPropertyName("ack")]
    public AcknowledgementDocument? Acknowledged { get; init; }

    public static OccurrenceDocument Of(Occurrence occurrence) =>
        new()
        {
            Id = occurrence.Id,
            Kind = occurrence.Kind,
            Time = occurrence.Time.ToUnixTimeMilliseconds(),
            ClientId = occurrence.ClientId,
            Organisation = occurrence.Organisation.Value,
            OrganisationName = occurrence.OrganisationName,
            CallerKind = occurrence.CallerKind,
            Person = occurrence.Person is { } p
                ? new PersonDocument(p.SdsUserId, p.RoleProfileId, p.RoleCode, p.RoleName, p.Name)
                : null,
            Interaction = occurrence.Interaction,
            Child = occurrence.Child?.Digits,
            Mode = occurrence.Mode,
            Outcome = occurrence.Outcome,
            Reason = occurrence.Reason,
            Query = occurrence.Query,
            RequestId = occurrence.RequestId,
            CorrelationId = occurrence.CorrelationId,
            Shown = occurrence.Shown.Count == 0 ? null : [.. occurrence.Shown.Select(ShownDocument.Of)],
            Seen = occurrence.Seen.Count == 0 ? null : [.. occurrence.Seen],
            Concerns = occurrence.Concerns.Any() ? [.. occurrence.Concerns.Select(c => c.Value)] : null,
            InHistory = occurrence.InHistory,
            Obligations =
                occurrence.Obligations.Count == 0
                    ? null
                    :
                    [
                        .. occurrence.Obligations.Select(o => new ObligationDocument(
                            o.Authority.Value,
                            [.. o.Plans.Select(ShownDocument.Of)]
                        )),
                    ],
            Attendances =
                occurrence.Attendances.Count == 0 ? null : [.. occurrence.Attendances.Select(AttendanceDocument.Of)],
            Prolongs = occurrence.Prolongs,
            OrganisationPhone = occurrence.OrganisationPhone,
            Upload = occurrence.Upload,
            Appointment = occurrence.Appointment?.ToUnixTimeMilliseconds(),
            Acknowledged = occurrence.Acknowledged is { } ack
                ? new AcknowledgementDocument(ack.Person, ack.Note)
                : null,
        };

    public Occurrence ToOccurrence() =>
        new()
        {
            Id = Id,
            Kind = Kind,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(Time),
            ClientId = ClientId,
            Organisation = OdsCode.Parse(Organisation),
            OrganisationName = OrganisationName,
            CallerKind = CallerKind,
            Person = Person is { } p ? new Person(p.SdsUserId, p.RoleProfileId, p.RoleCode, p.RoleName, p.Name) : null,
            Interaction = Interaction,
            Child = Child is null ? null : NhsNumber.Parse(Child),
            Mode = Mode,
            Outcome = Outcome,
            Reason = Reason,
            Query = Query,
            RequestId = RequestId,
            CorrelationId = CorrelationId,
            Shown = Shown is null ? [] : [.. Shown.Select(s => s.ToShownPlan())],
            Seen = Seen ?? [],
            InHistory = InHistory,
            Obligations = Obligations is null
                ? []
                :
                [
                    .. Obligations.Select(o => new Obligation(
                        OdsCode.Parse(o.Authority),
                        [.. o.Plans.Select(s => s.ToShownPlan())]
                    )),
                ],
            Attendances = Attendances is null ? [] : [.. Attendances.Select(a => a.ToPart())],
            Prolongs = Prolongs,
            OrganisationPhone = OrganisationPhone,
            Upload = Upload,
            Appointment = Appointment is { } expected ? DateTimeOffset.FromUnixTimeMilliseconds(expected) : null,
            Acknowledged = Acknowledged is { } ack ? new Acknowledgement(ack.Person, ack.Note) : null,
        };
}

internal sealed record AcknowledgementDocument(
    [property: JsonPropertyName("n")] string Person,
    [property: JsonPropertyName("t")] string? Note
);

internal sealed record PersonDocument(
    [property: JsonPropertyName("u")] string SdsUserId,
    [property: JsonPropertyName("rp")] string? RoleProfileId,
    [property: JsonPropertyName("rc")] string RoleCode,
    [property: JsonPropertyName("rn")] string RoleName,
    [property: JsonPropertyName("n")] string Name
);

internal sealed record ShownDocument(
    [property: JsonPropertyName("a")] string Authority,
    [property: JsonPropertyName("t")] PlanType Type,
    [property: JsonPropertyName("e")] string EpisodeId,
    [property: JsonPropertyName("ev")] int EpisodeVersion,
    [property: JsonPropertyName("f")] string FlagId,
    [property: JsonPropertyName("fv")] int FlagVersion
)
{
    [JsonPropertyName("p")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsProtected { get; init; }

    public static ShownDocument Of(ShownPlan plan) =>
        new(plan.Authority.Value, plan.Type, plan.EpisodeId, plan.EpisodeVersion, plan.FlagId, plan.FlagVersion)
        {
            IsProtected = plan.IsProtected,
        };

    public ShownPlan ToShownPlan() =>
        new(OdsCode.Parse(Authority), Type, EpisodeId, EpisodeVersion, FlagId, FlagVersion)
        {
            IsProtected = IsProtected,
        };
}

internal sealed record ObligationDocument(
    [property: JsonPropertyName("a")] string Authority,
    [property: JsonPropertyName("p")] ShownDocument[] Plans
);

internal sealed record AttendanceDocument(
    [property: JsonPropertyName("a")] string Authority,
    [property: JsonPropertyName("o")] string Opener,
    [property: JsonPropertyName("t")] long Opened
)
{
    public static AttendanceDocument Of(AttendancePart part) =>
        new(part.Authority.Value, part.Opener, part.Opened.ToUnixTimeMilliseconds());

    public AttendancePart ToPart() =>
        new(OdsCode.Parse(Authority), Opener, DateTimeOffset.FromUnixTimeMilliseconds(Opened));
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(OccurrenceDocument))]
internal sealed partial class OccurrenceJsonContext : JsonSerializerContext;
