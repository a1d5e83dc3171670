namespace CpIs.Fhir.Server.Mesh;

/// <summary>MESH's error codes in words of our own. Its own descriptions may hold addresses and are shown to nobody.</summary>
internal static class MeshCodes
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["02"] = "the data was missing",
        ["06"] = "the control data was malformed",
        ["07"] = "the sender's mailbox is not valid",
        ["08"] = "the recipient's mailbox was missing",
        ["11"] = "the message type is not valid",
        ["12"] = "the recipient's mailbox is not registered",
        ["14"] = "nobody collected it in time",
        ["15"] = "MESH holds it to be a bad CP-IS file",
        ["17"] = "the workflow is not registered for the mailbox",
        ["EPL-150"] = "several mailboxes match",
        ["EPL-151"] = "no mailbox matches",
    };

    /// <summary>What a code means; a code that is not known is shown as it is, if it looks like one.</summary>
    public static string Of(string? code) =>
        code is null ? "no reason given"
        : Words.TryGetValue(code, out var words) ? $"{words} (MESH code {code})"
        : code.Length <= 30 && code.All(char.IsAsciiLetterOrDigit) ? $"MESH code {code}"
        : "for a reason that is not known";
}
