namespace CpIs.Fhir.EndToEnd.Tests.Deployment;

/// <summary>A place in a YAML document, or none.</summary>
internal sealed record Node(object? Value)
{
    public Node this[string key] =>
        new(Value is IDictionary<object, object> map && map.TryGetValue(key, out var v) ? v : null);

    public string Text => Value as string ?? "";

    public IEnumerable<Node> Items => (Value as IEnumerable<object> ?? []).Select(item => new Node(item));

    public IEnumerable<(string Key, Node Value)> Pairs =>
        (Value as IDictionary<object, object> ?? new Dictionary<object, object>()).Select(pair =>
            ((string)pair.Key, new Node(pair.Value))
        );
}
