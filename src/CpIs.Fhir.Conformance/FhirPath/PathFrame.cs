using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>What an evaluation has available: the resource that the element is in, collections to use again, and whether it had to give up.</summary>
internal sealed class PathFrame(IPathQuestions? questions = null)
{
    private readonly Stack<PathItems> _free = new();
    private readonly Dictionary<FixedPath, PathMemo> _fixed = [];
    private FhirNode? _focus;

    /// <summary>True when the expression met something that only the SDK's engine can judge (dates with time zones, types not known yet).</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>Answers functions that ask definitions or other resources; null outside a validation.</summary>
    public IPathQuestions? Questions => questions;

    public FhirNode Focus => _focus!;

    /// <summary><c>%resource</c>.</summary>
    public FhirNode Resource => Targets.ResourcesOf(_focus!).Resource;

    /// <summary><c>%rootResource</c>.</summary>
    public FhirNode Container => Targets.ResourcesOf(_focus!).Container;

    public void Begin(FhirNode focus)
    {
        (_focus, HasGivenUp) = (focus, false);
        if (_fixed.Count > 0)
            _fixed.Clear();
    }

    /// <summary>What a fixed part came to in this evaluation; null before.</summary>
    public PathMemo? Find(FixedPath path) => _fixed.GetValueOrDefault(path);

    public void Keep(FixedPath path, PathMemo memo) => _fixed[path] = memo;

    public void GiveUp() => HasGivenUp = true;

    public PathItems Rent() => _free.Count > 0 ? _free.Pop() : new PathItems();

    public void Return(PathItems items)
    {
        items.Clear();
        _free.Push(items);
    }
}
