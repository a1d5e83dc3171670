using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>Reads <c>$worklist</c>, over all pages.</summary>
/// <param name="exchange">The exchange.</param>
/// <param name="isRepeated">True where the caller looks again by itself, so that no answer is told at once.</param>
internal sealed class WorklistReader(ExchangeClient exchange, bool isRepeated = false)
{
    private const string Path = "$worklist";
    private const string What = "reading the work-list";

    /// <summary>The work-list now.</summary>
    /// <param name="states"><c>untold</c>, <c>told</c>, <c>taken</c>; none for what an operator sees.</param>
    /// <param name="since">Look-ups from then on, as a search writes it; null for what the exchange shows by itself.</param>
    /// <param name="most">Most lines.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="RefusedException">The exchange refused.</exception>
    public async Task<WorklistRead> ReadAsync(
        IReadOnlyList<string> states,
        string? since,
        int most,
        CancellationToken cancellation
    )
    {
        // Notices of one attendance may be on two pages.
        var attendances = new Dictionary<string, WaitingAttendance>(StringComparer.Ordinal);
        WorklistRead? first = null;
        for (var query = QueryOf(states, since); ; )
        {
            var ask = new Ask(HttpMethod.Get, Path + query) { Repeatable = !isRepeated };
            var page = (await exchange.GetAsync(ask, What, cancellation)).ReadJson();
            var asOf =
                page.ValueTime("asOf")
                ?? throw new CannotRunException("the answer is not a work-list: it does not say as of when it is.");
            first ??= First(page, asOf);
            foreach (var read in page.AllNamed("attendance").Select(each => WaitingAttendance.Of(each, first.AsOf)))
                attendances[read.Id] = attendances.TryGetValue(read.Id, out var before)
                    ? before with
                    {
                        Notices = [.. before.Notices, .. read.Notices],
                    }
                    : read;
            var next = Uri.TryCreate(page.ValueText("next"), UriKind.Absolute, out var url) ? url.Query : null;
            if (next is null || attendances.Count > most)
                return first with
                {
                    Lines = [.. first.Lines.Concat(attendances.Values).Take(most)],
                    HasMore = first.Lines.Count + attendances.Count > most,
                };
            query = next;
        }
    }

    private static WorklistRead First(JsonElement page, DateTimeOffset asOf)
    {
        var authorities = page.AllNamed("authority").Select(each => WaitingAuthority.Of(each, asOf)).ToList();
        return new WorklistRead(
            asOf,
            page.ValueNumber("untold") ?? authorities.Sum(each => each.Untold),
            page.ValueTime("oldestUntold") ?? authorities.Min(each => each.Oldest),
            authorities,
            false
        )
        {
            Changed = [.. page.AllNamed("changedByForm").Select(ChangedByForm.Of)],
            Places = [.. page.AllNamed("place").Select(PlaceOf)],
        };
    }

    private static string PlaceOf(JsonElement place) =>
        $"You are told of {place.ValueText("topic")} at {place.Value("subscription").Text("reference")?.Split('/')[^1]} ({place.ValueText("channel")}, {place.ValueText("status")}).";

    private static string QueryOf(IReadOnlyList<string> states, string? since)
    {
        string?[] parameters =
        [
            states.Count > 0 ? $"state={string.Join(',', states)}" : null,
            since is not null ? $"since={Uri.EscapeDataString(since)}" : null,
        ];
        var query = string.Join('&', parameters.OfType<string>());
        return query.Length > 0 ? "?" + query : "";
    }
}
