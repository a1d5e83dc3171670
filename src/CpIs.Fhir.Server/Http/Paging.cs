using System.Text.Json;
using System.Text.Json.Serialization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Pages of search results. The link to the next page is one encrypted cursor that holds the whole search, so that no URL
/// made by this server carries an NHS number; it works only for the organisation it was made for.
/// </summary>
internal sealed class Paging(CursorProtector cursors, ExchangeUrls urls, IdGenerator ids, TimeProvider time)
{
    private const string Parameter = "_cursor";

    /// <summary>Encrypted and in base64 this stays well below the 8 KiB that a request line may have.</summary>
    private const int LongestSearch = 4_096;

    /// <summary>The search as it was first asked, read by its table, and where its page begins.</summary>
    public async Task<Result<(SearchCursor Search, AskedParameters Asked)>> OpenAsync(
        HttpContext context,
        string type,
        ParameterTable table
    ) => Open(context, type, table, await SearchInput.ReadAsync(context));

    /// <summary>The same of an operation, whose parameters may be posted as Parameters.</summary>
    public async Task<Result<(SearchCursor Search, AskedParameters Asked)>> OpenOperationAsync(
        HttpContext context,
        string path,
        ParameterTable table
    ) => Open(context, path, table, await SearchInput.ReadOperationAsync(context));

    private Result<(SearchCursor Search, AskedParameters Asked)> Open(
        HttpContext context,
        string type,
        ParameterTable table,
        Result<List<KeyValuePair<string, string>>> sent
    ) =>
        sent.IsRefused(out var refusal, out var input)
        || Open(context, type, input).IsRefused(out refusal, out var search)
        || ParameterReader.Read(table, search.Parameters).IsRefused(out refusal, out var asked)
            ? refusal
            : Opened(context, search, asked);

    private static (SearchCursor, AskedParameters) Opened(
        HttpContext context,
        SearchCursor search,
        AskedParameters asked
    )
    {
        context.AnswerWith(asked);
        return (search, asked);
    }

    private Result<SearchCursor> Open(HttpContext context, string type, List<KeyValuePair<string, string>> input)
    {
        if (!input.Exists(p => p.Key == Parameter))
        {
            var search = new SearchCursor(type, input, null);
            return ToBytes(search).Length <= LongestSearch
                ? search
                : Refusal.Malformed(
                    $"The search parameters are too long; at most {LongestSearch} bytes of JSON are allowed, because the link to the next page contains them.",
                    null,
                    SpineCodes.InvalidSearchData
                );
        }

        if (
            input is not [var only]
            || !cursors.TryUnprotect(only.Value, Binding(context), out var bytes)
            || JsonSerializer.Deserialize(bytes, SearchCursorJson.Default.SearchCursor) is not { } cursor
            || cursor.Type != type
        )
            return Refusal.Malformed(
                $"{Parameter} is not a cursor of this search. Use the link to the next page unchanged.",
                Parameter,
                SpineCodes.InvalidSearchData
            );
        context.AnswerAs(cursor.Parameters);
        return cursor;
    }

    /// <summary>The link to the page that begins there; null when there is none.</summary>
    public string? LinkTo(HttpContext context, SearchCursor search, PagePosition? next) =>
        next is null
            ? null
            : $"{urls.FhirBase}/{search.Type}?{Parameter}={Protect(context, search with { After = next })}";

    /// <summary>One page as a searchset.</summary>
    /// <param name="context">The request.</param>
    /// <param name="search">What was asked.</param>
    /// <param name="page">What was found.</param>
    /// <param name="show">How each is shown.</param>
    /// <param name="included">What <c>_include</c> and <c>_revinclude</c> add.</param>
    public ReadOnlyMemory<byte> Write<T>(
        HttpContext context,
        SearchCursor search,
        Page<T> page,
        Func<T, (string Id, ReadOnlyMemory<byte> Body)> show,
        IReadOnlyList<StoredResource>? included = null
    )
    {
        var path = $"{urls.FhirBase}/{search.Type}";
        using var bundle = new SearchsetWriter(
            urls.FhirBase,
            ids.Next(),
            time.GetUtcNow(),
            page.Total,
            path + context.Request.QueryString,
            LinkTo(context, search, page.Next)
        );
        foreach (var item in page.Items)
        {
            var (id, body) = show(item);
            bundle.Add(search.Type, id, body.Span, "match");
        }

        foreach (var resource in included ?? [])
            bundle.Add(resource.Type.ToString(), resource.Id, resource.Body.Span, "include");
        return bundle.Finish();
    }

    private string Protect(HttpContext context, SearchCursor search) =>
        cursors.Protect(ToBytes(search), Binding(context));

    private static byte[] ToBytes(SearchCursor search) =>
        JsonSerializer.SerializeToUtf8Bytes(search, SearchCursorJson.Default.SearchCursor);

    private static string Binding(HttpContext context) => context.Caller().Organisation.Value;
}

/// <summary>A search and a place in its results.</summary>
/// <param name="Type">FHIR resource type searched.</param>
/// <param name="Parameters">The parameters as first asked.</param>
/// <param name="After">Where the page before ended; null for the first.</param>
internal sealed record SearchCursor(
    string Type,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    PagePosition? After
);

[JsonSerializable(typeof(SearchCursor))]
internal sealed partial class SearchCursorJson : JsonSerializerContext;
