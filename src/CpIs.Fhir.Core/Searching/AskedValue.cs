namespace CpIs.Fhir.Core.Searching;

/// <summary>One value of a parameter.</summary>
/// <param name="Text">The value itself, without escapes; of a token its code.</param>
/// <param name="System">The system of a token: null when none was sent, empty for <c>|code</c>.</param>
/// <param name="Date">The value as a date, where the parameter is one.</param>
public sealed record AskedValue(string Text, string? System = null, SearchDate? Date = null);
