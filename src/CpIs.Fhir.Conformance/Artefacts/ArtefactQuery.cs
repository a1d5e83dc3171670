using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>A search over published artefacts of one type.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Asked">All must hold.</param>
/// <param name="Count">Most on a page; 0 for the total alone.</param>
/// <param name="Offset">How many to pass over.</param>
public sealed record ArtefactQuery(string Type, AskedParameters Asked, int Count, int Offset)
{
    /// <summary>The parameter of the link to the next page.</summary>
    public const string OffsetParameter = "_offset";

    /// <summary>The query that was asked.</summary>
    /// <param name="type">One of <see cref="ArtefactParameters.Types"/>.</param>
    /// <param name="asked">The parameters, read by the table of the type.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    public static ArtefactQuery Of(string type, AskedParameters asked, int defaultCount) =>
        new(
            type,
            asked,
            asked.Count(defaultCount),
            asked.Code(OffsetParameter) is not { } offset ? 0
                : int.TryParse(offset, out var skip) ? skip
                : int.MaxValue
        );

    /// <summary>What is found, by id, or the other way round for the newest first: all are as old as this build.</summary>
    public IReadOnlyList<Artefact> Find(ArtefactSet artefacts)
    {
        var found = artefacts.OfType(Type).Where(artefact => Asked.Ids?.Contains(artefact.Id) != false).Where(Matches);
        return [.. Asked.IsNewestFirst == true ? found.Reverse() : found];
    }

    private bool Matches(Artefact artefact) =>
        Asked.All.All(asked =>
            asked.Row.Name == "_lastUpdated"
                ? false // No artefact says when it was updated.
                : ArtefactParameters.Find(Type, asked.Row)?.Matches(artefact, asked) != false
        );
}
