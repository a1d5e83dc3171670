using System.Collections.Frozen;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>A code system with its codes by name and by their place in the hierarchy.</summary>
internal sealed class SystemCodes
{
    private readonly FrozenDictionary<string, ConceptModel[]> _byCode;
    private readonly Dictionary<string, List<string>> _children;

    public SystemCodes(CodeSystemModel model)
    {
        Model = model;
        var comparer = model.IsCaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        // A code with several parents stands several times.
        _byCode = model
            .Concepts.GroupBy(concept => concept.Code, comparer)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), comparer);
        _children = new Dictionary<string, List<string>>(comparer);
        foreach (var concept in model.Concepts)
            if (concept.Parent is { } parent)
                (_children.TryGetValue(parent, out var list) ? list : _children[parent] = []).Add(concept.Code);
    }

    public CodeSystemModel Model { get; }

    /// <summary>True when each code of the system is here.</summary>
    public bool IsComplete => Model.Content == "complete";

    public IEnumerable<ConceptModel> Concepts => _byCode.Values.Select(same => same[0]);

    public ConceptModel? Find(string code) => _byCode.TryGetValue(code, out var same) ? same[0] : null;

    public IEnumerable<string> ParentsOf(string code) =>
        _byCode.TryGetValue(code, out var same) ? same.Select(concept => concept.Parent).OfType<string>() : [];

    public IEnumerable<string> ChildrenOf(string code) => _children.TryGetValue(code, out var list) ? list : [];

    /// <summary>A code and all below it, each once, whatever circles the hierarchy has.</summary>
    public HashSet<string> Below(string code) => Reach(code, ChildrenOf);

    /// <summary>A code and all above it.</summary>
    public HashSet<string> Above(string code) => Reach(code, ParentsOf);

    private HashSet<string> Reach(string code, Func<string, IEnumerable<string>> next)
    {
        var reached = new HashSet<string>(_byCode.Comparer);
        if (!_byCode.ContainsKey(code))
            return reached;
        var open = new Stack<string>([code]);
        while (open.TryPop(out var at))
            if (reached.Add(at))
                foreach (var further in next(at))
                    open.Push(further);
        return reached;
    }
}
