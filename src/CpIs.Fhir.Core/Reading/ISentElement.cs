namespace CpIs.Fhir.Core.Reading;

/// <summary>One element of a resource as it was sent, JSON or XML, before anything is known to be right.</summary>
public interface ISentElement
{
    /// <summary>The <c>resourceType</c> where a resource stands; null for an element.</summary>
    string? ResourceType { get; }

    /// <summary>Text of the value; null where there is none.</summary>
    string? Value { get; }

    /// <summary>FHIRPath of the place from the root, such as <c>Bundle.entry[3].resource.period</c>.</summary>
    string Path { get; }

    /// <summary>The first child of that name; null when there is none.</summary>
    ISentElement? Child(string name);

    /// <summary>All children of that name, in order.</summary>
    IEnumerable<ISentElement> ChildrenNamed(string name);
}
