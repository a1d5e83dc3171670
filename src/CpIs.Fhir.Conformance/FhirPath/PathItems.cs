namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>A collection while an expression is evaluated.</summary>
internal sealed class PathItems
{
    private PathItem[] _items = new PathItem[4];

    public int Count { get; private set; }

    public ref readonly PathItem this[int at] => ref _items[at];

    public ReadOnlySpan<PathItem> Span => _items.AsSpan(0, Count);

    public void Add(in PathItem item)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
    }

    public void Clear()
    {
        // What a large collection needed is let go, so that one large resource does not stay in memory.
        if (_items.Length > 256)
            _items = new PathItem[4];
        else
            _items.AsSpan(0, Count).Clear();
        Count = 0;
    }
}
