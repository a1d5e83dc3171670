namespace CpIs.Fhir.Cli.Notices;

/// <summary>What a failed attempt met, in words.</summary>
internal static class PlainError
{
    /// <summary>The words of the exchange's line <c>code: words</c>, with what to do; an empty text for none.</summary>
    public static string Of(string? line)
    {
        if (string.IsNullOrEmpty(line))
            return "";
        var (code, words) = line.Split(": ", 2) is [var before, var after] ? (before, after) : ("", line);
        return code switch
        {
            "error-response" => $"your endpoint answered {words}; it must answer 2xx",
            "no-response" => $"your endpoint did not answer: {words}",
            "dns-resolution-error" => $"your endpoint's host leads nowhere: {words}",
            _ => line,
        };
    }
}
