using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Records;

/// <summary>Searches an exchange, over all pages. No NHS number is ever in a URL.</summary>
internal sealed class Searches(ExchangeClient exchange)
{
    /// <summary>Results that one page is asked for; the exchange gives 1,000 at most.</summary>
    public const int MostOnPage = 500;

    /// <summary>Values that the exchange takes in one parameter.</summary>
    private const int MostValues = 50;

    /// <summary>The pages of a search, until so many are found.</summary>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="parameters">What is searched for, each value as a search writes it.</param>
    /// <param name="most">Most results in all.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="RefusedException">The exchange refused.</exception>
    public async IAsyncEnumerable<Found> PagesAsync(
        string type,
        IReadOnlyList<(string Name, string Value)> parameters,
        int most,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var count = Math.Min(most, MostOnPage).ToString(CultureInfo.InvariantCulture);
        var ask = Ask.Search(type, [.. parameters, ("_count", count)]);
        for (var left = most; left > 0; )
        {
            var bundle = (await exchange.GetAsync(ask, $"the search of {type}", cancellation)).ReadJson();
            var byMode = bundle
                .List("entry")
                .ToLookup(entry => entry.At("search").Text("mode"), entry => entry.At("resource"));
            var matches = byMode["match"].Take(left).ToList();
            left -= matches.Count;
            yield return new Found(
                matches,
                [.. byMode["include"]],
                bundle.At("total") is { ValueKind: JsonValueKind.Number } total ? total.GetInt32() : null
            );
            if (NextOf(bundle) is not { } next)
                yield break;
            ask = new Ask(HttpMethod.Get, type + next.Query) { Repeatable = true };
        }
    }

    /// <summary>What has one of these values, however many there are.</summary>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="parameter">A search parameter that takes several values.</param>
    /// <param name="system">System of the values; null for ids.</param>
    /// <param name="values">To the letter.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="RefusedException">The exchange refused.</exception>
    public async Task<IReadOnlyList<JsonElement>> AnyOfAsync(
        string type,
        string parameter,
        string? system,
        IEnumerable<string> values,
        CancellationToken cancellation
    )
    {
        var prefix = system is null ? "" : system + "|";
        var found = new List<JsonElement>();
        foreach (var some in values.Distinct().Chunk(MostValues))
        {
            var wanted = string.Join(',', some.Select(value => prefix + SearchValue.Escape(value)));
            await foreach (var page in PagesAsync(type, [(parameter, wanted)], int.MaxValue, cancellation))
                found.AddRange(page.Resources);
        }

        return found;
    }

    /// <summary>
    /// The link to the next page. Only its cursor is used, at the address that the user gave: a token goes nowhere else.
    /// </summary>
    private static Uri? NextOf(JsonElement bundle) =>
        bundle.List("link").FirstOrDefault(link => link.Text("relation") == "next").Text("url") is { } url
        && Uri.TryCreate(url, UriKind.Absolute, out var next)
            ? next
            : null;
}
