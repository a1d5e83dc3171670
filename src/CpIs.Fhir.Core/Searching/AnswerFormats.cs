namespace CpIs.Fhir.Core.Searching;

/// <summary>The forms in which a resource can be answered.</summary>
public enum AnswerFormat
{
    /// <summary><c>application/fhir+json</c>, which is also how resources are kept.</summary>
    Json,

    /// <summary><c>application/fhir+xml</c>.</summary>
    Xml,
}

/// <summary>The names that parameter <c>_format</c> has for them. Source: R4 http.html#mime-type.</summary>
public static class AnswerFormats
{
    private static readonly string[] Json = ["json", "application/json", "application/fhir+json", "text/json"];
    private static readonly string[] Xml = ["xml", "application/xml", "application/fhir+xml", "text/xml"];

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => [.. Json, .. Xml];

    /// <summary>The form of a name; null for another name.</summary>
    public static AnswerFormat? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        // A plus that is not escaped in a URL arrives as a blank.
        var written = name.Replace(' ', '+');
        return Json.Contains(written) ? AnswerFormat.Json
            : Xml.Contains(written) ? AnswerFormat.Xml
            : null;
    }
}
