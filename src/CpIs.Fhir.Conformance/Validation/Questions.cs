using System.Runtime.CompilerServices;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Questions that a walk asks on trial, without telling anything: does this meet that. Each is answered once.</summary>
internal sealed class Questions(Run run)
{
    private const int DeepestQuestion = 16;

    private readonly Dictionary<(FhirNode Node, StructureSchema Schema), bool?> _meets = [];
    private readonly Dictionary<(FhirNode Node, ElementSchema Element), bool> _matches = [];
    private readonly List<(FhirNode, StructureSchema)> _deferred = [];
    private readonly List<(FhirNode, StructureSchema)> _provisional = [];
    private int _depth;

    /// <summary>
    /// Whether a node meets a definition, without telling why not. Each question is answered once: so the work stays linear where
    /// profiles offer alternatives inside alternatives. A question that comes back while it is being answered (resources that refer to each
    /// other) is taken as met; whatever is wrong is found by the one that asked first.
    /// </summary>
    public bool Meets(FhirNode node, StructureSchema schema)
    {
        if (_meets.TryGetValue((node, schema), out var known))
            return known ?? true;
        if (_depth == 0)
            return AskAll((node, schema));
        if (_depth == DeepestQuestion || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            _deferred.Add((node, schema));
            return true;
        }

        return Ask((node, schema));
    }

    /// <summary>
    /// Asks a question and all that it leads to. Resources that refer to one another in a long chain would fill the stack: what is
    /// deeper than <see cref="DeepestQuestion"/> is asked on its own first, and then the question again.
    /// </summary>
    private bool AskAll((FhirNode, StructureSchema) question)
    {
        var open = new Stack<(FhirNode, StructureSchema)>([question]);
        while (open.TryPeek(out var next))
        {
            if (_meets.GetValueOrDefault(next) is not null)
            {
                open.Pop();
                continue;
            }

            _deferred.Clear();
            Ask(next);
            if (_deferred.Count == 0)
                continue;
            foreach (var answer in _provisional)
                _meets.Remove(answer);
            _provisional.Clear();
            _meets[next] = null;
            foreach (var first in _deferred)
                open.Push(first);
        }

        return _meets[question]!.Value;
    }

    private bool Ask((FhirNode Node, StructureSchema Schema) question)
    {
        var deferred = _deferred.Count;
        _meets[question] = null;
        _depth++;
        var sink = new IssueSink(run.Source, 0, isSilent: true);
        new Walk(run, sink).Apply(question.Node, question.Schema);
        _depth--;
        _meets[question] = sink.Errors == 0;
        if (_deferred.Count > deferred)
            _provisional.Add(question);
        return sink.Errors == 0;
    }

    /// <summary>Whether a node meets the rules of an element with one of its types: slices inside slices ask again and again.</summary>
    public bool Matches(FhirNode node, ElementSchema element, TypeSchema? type)
    {
        if (_matches.TryGetValue((node, element), out var known))
            return known;
        var sink = new IssueSink(run.Source, 0, isSilent: true);
        new Walk(run, sink).Element(node, element, type);
        return _matches[(node, element)] = sink.Errors == 0;
    }

    /// <summary>Whether a node belongs to a slice, by the name of its element and of the slice; null when the profile has no such slice.</summary>
    public bool? IsInSlice(FhirNode node, StructureSchema schema, string slice)
    {
        var element = node
            .ElementPath?.Split('.')
            .Skip(1)
            .Aggregate(schema.Root, (at, name) => at?.Inline?.Find(name.Replace("[x]", "", StringComparison.Ordinal))!);
        return element?.Slices is { } slices && Array.Exists(slices.Slices, each => each.Name == slice)
            ? new Walk(run, new IssueSink(run.Source, 0, isSilent: true)).SliceOf(node, slices) == slice
            : null;
    }
}
