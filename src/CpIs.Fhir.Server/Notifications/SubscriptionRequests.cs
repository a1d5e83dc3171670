using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Reads what a request about Subscriptions says: body, precondition, parameters of an operation.</summary>
internal static class SubscriptionRequests
{
    private const int MostIds = 50;

    private static readonly ParameterTable Status = new(
        "parameter of $status",
        [
            new("id", ParameterKind.Token) { HasSystem = false },
            new("status", ParameterKind.Token)
            {
                HasSystem = false,
                Allowed = SearchTables.Of(RecordType.Subscription).Find("status")!.Allowed,
            },
        ]
    );

    /// <summary>Most bytes of a Subscription.</summary>
    public const int MostBytes = 64 * 1_024;

    /// <summary>The write as the service wants it.</summary>
    public static async Task<Result<SubscriptionWrite>> ReadWriteAsync(HttpContext context, ExchangeUrls urls) =>
        (await RequestBody.ReadResourceAsync(context, MostBytes)).IsRefused(out var refusal, out var body)
            ? refusal
            : WriteOf(context, urls, body);

    /// <summary>The write of a body that was read; an empty one for a DELETE.</summary>
    public static SubscriptionWrite WriteOf(HttpContext context, ExchangeUrls urls, ReadOnlyMemory<byte> body) =>
        new(context.Caller(), context.WriteOf(body), context.Identity().CorrelationId, urls.FhirBase, body);

    /// <summary>Ids and statuses that <c>$status</c> asks for; both empty for all.</summary>
    public static async Task<Result<(IReadOnlyList<string> Ids, IReadOnlyList<string> Statuses)>> ReadStatusAsync(
        HttpContext context
    )
    {
        if (
            (await SearchInput.ReadOperationAsync(context)).IsRefused(out var refusal, out var sent)
            || ParameterReader.Read(Status, sent).IsRefused(out refusal, out var asked)
        )
            return refusal;
        var ids = Values(asked, "id");
        return ids.Count > MostIds
            ? asked
                .Of("id")
                .Last()
                .Refuse($"Found {ids.Count} ids; at most {MostIds} are allowed.", SpineCodes.TooManyValues)
            : (ids, Values(asked, "status"));
    }

    private static List<string> Values(AskedParameters asked, string name) =>
        [.. asked.Of(name).SelectMany(parameter => parameter.Values).Select(value => value.Text)];
}
