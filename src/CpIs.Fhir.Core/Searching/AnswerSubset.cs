namespace CpIs.Fhir.Core.Searching;

/// <summary>The part of each resource that is wanted (R4 search.html#summary, #elements); a look-up never takes one.</summary>
/// <param name="Summary"><c>true</c>, <c>text</c> or <c>data</c>; null where elements are named.</param>
/// <param name="Elements">Names of elements; empty where a summary is wanted.</param>
public sealed record AnswerSubset(string? Summary, IReadOnlyList<string> Elements)
{
    /// <summary>What the parameters ask for; null for whole resources.</summary>
    /// <param name="asked">Parameters that their table has let in.</param>
    public static AnswerSubset? Of(AskedParameters asked)
    {
        var elements = asked.Of("_elements").SelectMany(parameter => parameter.Values).Select(value => value.Text);
        return asked.Code("_summary") is { } summary and not ("false" or "count") ? new(summary, [])
            : elements.ToList() is { Count: > 0 } names ? new(null, names)
            : null;
    }
}
