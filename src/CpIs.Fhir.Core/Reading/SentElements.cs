namespace CpIs.Fhir.Core.Reading;

/// <summary>Steps through what was sent.</summary>
internal static class SentElements
{
    /// <summary>The element at a way of names, each time the first of its name; null where one is not there.</summary>
    public static ISentElement? At(this ISentElement? element, params ReadOnlySpan<string> way)
    {
        foreach (var name in way)
            element = element?.Child(name);
        return element;
    }

    /// <summary>The value at a way of names; null where there is none.</summary>
    public static string? Text(this ISentElement? element, params ReadOnlySpan<string> way) => element.At(way)?.Value;
}
