using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>Fetches events by number: <c>Subscription/{id}/$events</c>.</summary>
internal sealed class EventReader(ExchangeClient exchange)
{
    private const int MostOnPage = 100;

    /// <summary>The exchange waits no longer in one request.</summary>
    private const int LongestWait = 30;

    /// <summary>The events of a range, over all pages, and whether there are more than were wanted.</summary>
    /// <param name="id">The Subscription.</param>
    /// <param name="first">The lowest number.</param>
    /// <param name="last">The highest; null for the latest.</param>
    /// <param name="wait">Seconds to wait for one where there is none.</param>
    /// <param name="most">Most events.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="RefusedException">The exchange refused.</exception>
    public async Task<(IReadOnlyList<NotifiedEvent> Events, bool HasMore)> ReadAsync(
        string id,
        long first,
        long? last,
        int wait,
        int most,
        CancellationToken cancellation
    )
    {
        var events = new List<NotifiedEvent>();
        var query = QueryOf(first, last, Math.Min(wait, LongestWait), most);
        while (true)
        {
            var ask = new Ask(HttpMethod.Get, $"Subscription/{id}/$events{query}") { Repeatable = true };
            var answer = await exchange.GetAsync(ask, $"reading the events of Subscription/{id}", cancellation);
            if (!NotificationReader.TryRead(answer.Body, out var page))
                throw new CannotRunException("the answer tells of no events.");
            events.AddRange(page.Events);
            if (events.Count == 0 && wait > LongestWait)
            {
                wait -= LongestWait;
                query = QueryOf(first, last, Math.Min(wait, LongestWait), most);
                continue;
            }

            var next = NextOf(answer.ReadJson());
            if (next is null || events.Count >= most)
                return ([.. events.Take(most)], events.Count > most || next is not null);
            query = next;
        }
    }

    private static string QueryOf(long first, long? last, int wait, int most) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"?eventsSinceNumber={first}{(last is null ? "" : $"&eventsUntilNumber={last}")}&content=id-only&_count={Math.Min(most, MostOnPage)}{(wait > 0 ? $"&wait={wait}" : "")}"
        );

    private static string? NextOf(JsonElement bundle) =>
        Uri.TryCreate(
            bundle.List("link").FirstOrDefault(link => link.Text("relation") == "next").Text("url"),
            UriKind.Absolute,
            out var url
        )
            ? url.Query
            : null;
}
