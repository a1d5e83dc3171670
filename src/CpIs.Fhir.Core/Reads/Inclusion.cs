using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Reads;

/// <summary>
/// What a page of found records refers to (<c>_include</c>), and what refers to it (<c>_revinclude</c>), among the records of one
/// authority. The search values that lie next to each record say it, so nothing is parsed.
/// </summary>
public sealed class Inclusion(IRecordStore records)
{
    private const int AtOnce = 50;

    /// <summary>Each once, in the order in which they were asked for.</summary>
    /// <param name="asked">The search.</param>
    /// <param name="authority">Whose records.</param>
    /// <param name="page">What was found.</param>
    /// <param name="cancellation">Cancels the reads.</param>
    public async Task<IReadOnlyList<StoredResource>> ReadAsync(
        AskedParameters asked,
        OdsCode authority,
        IReadOnlyList<StoredResource> page,
        CancellationToken cancellation
    )
    {
        var included = new Dictionary<(RecordType, string), StoredResource>();
        foreach (var (name, reference) in Asked(asked))
        foreach (var query in Queries(name == "_include", reference, page))
            await ReadAsync(query with { Authority = authority }, included, cancellation).ConfigureAwait(false);
        return [.. included.Values];
    }

    private static IEnumerable<(string Name, IncludedReference Reference)> Asked(AskedParameters asked) =>
        asked
            .All.Where(parameter => parameter.Row.Kind == ParameterKind.Include)
            .Select(parameter => (parameter.Row.Name, IncludedReference.Parse(parameter.Value.Text)!))
            .Distinct();

    private static IEnumerable<RecordQuery> Queries(
        bool forward,
        IncludedReference reference,
        IReadOnlyList<StoredResource> page
    )
    {
        if (forward)
        {
            var start = SearchTokens.Exact(reference.Token, $"{reference.Target}/");
            return page.SelectMany(found => found.Tokens)
                .Where(token => token.StartsWith(start, StringComparison.Ordinal))
                .Select(token => token[start.Length..])
                .Distinct(StringComparer.Ordinal)
                .Chunk(AtOnce)
                .Select(ids => new RecordQuery(reference.Target, null, [new Condition.AnyId(ids)]));
        }

        return page.Select(found => SearchTokens.Exact(reference.Token, $"{found.Type}/{found.Id}"))
            .Chunk(AtOnce)
            .Select(tokens => new RecordQuery(reference.Source, null, [new Condition.AnyToken(tokens)]));
    }

    private async Task ReadAsync(
        RecordQuery query,
        Dictionary<(RecordType, string), StoredResource> included,
        CancellationToken cancellation
    )
    {
        for (PagePosition? after = null; ; )
        {
            var found = await records
                .SearchAsync(query with { Count = AskedParameters.MaximumCount, After = after }, cancellation)
                .ConfigureAwait(false);
            foreach (var resource in found.Items)
                included.TryAdd((resource.Type, resource.Id), resource);
            if (found.Next is null)
                return;
            after = found.Next;
        }
    }
}
