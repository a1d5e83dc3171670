using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.LookUps;

/// <summary>
/// The answer to a look-up as a clinician reads it. Made only of a complete answer: whatever is unclear is "could not
/// check", never "nothing held".
/// </summary>
/// <param name="Plans">Plans shown; empty for none held here.</param>
/// <param name="History">Who else looked, newest first.</param>
/// <param name="Texts">The sentences that the exchange says to a clinician, in order; at least one.</param>
/// <param name="IsProtected">True when a protected record is held, of which the texts say all that is shown.</param>
internal sealed record LookUpView(
    IReadOnlyList<PlanRow> Plans,
    IReadOnlyList<HistoryRow> History,
    IReadOnlyList<string> Texts,
    bool IsProtected
)
{
    private const string ProtectedProfile = "CPIS-ProtectedFlag";

    /// <summary>True for a hit.</summary>
    public bool IsHeld => Plans.Count > 0 || IsProtected;

    /// <summary>Reads the searchset of <c>$child-protection</c>; null when it is not one, or not all of one.</summary>
    public static LookUpView? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static LookUpView? Read(JsonElement bundle)
    {
        if (
            bundle.Text("resourceType") != "Bundle"
            || bundle.Text("type") != "searchset"
            || bundle.List("link").Any(l => l.Text("relation") == "next")
        )
            return null;
        var entries = bundle.List("entry").ToList();
        // Every complete answer closes with its outcome entry, hit and miss alike.
        var texts = entries
            .Where(e => e.At("search").Text("mode") == "outcome")
            .SelectMany(e => e.At("resource").List("issue"))
            .Select(issue => issue.Text("diagnostics"))
            .OfType<string>()
            .ToList();
        if (texts.Count == 0)
            return null;
        var resources = entries.Select(e => e.At("resource")).ToLookup(r => r.Text("resourceType") ?? "");
        var flags = entries.Where(e => e.At("search").Text("mode") == "match").Select(e => e.At("resource")).ToList();
        var total = bundle.At("total");
        if (
            flags.Any(f => f.Text("resourceType") != "Flag")
            || total.ValueKind != JsonValueKind.Number
            || total.GetInt32() != flags.Count
        )
            return null;
        var patients = resources["Patient"].ToDictionary(p => p.Text("id") ?? "", p => p);
        var authorities = resources["Organization"].ToList();
        return new LookUpView(
            [.. flags.Where(f => !IsMasked(f)).Select(f => PlanRow.Of(f, patients, authorities))],
            [.. resources["AuditEvent"].Select(HistoryRow.Of)],
            texts,
            flags.Any(IsMasked)
        );
    }

    private static bool IsMasked(JsonElement flag) =>
        flag.At("meta").List("profile").Any(profile => profile.ToString() == FhirSystems.Profile(ProtectedProfile));

    /// <summary>One object for <c>--json</c>.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["state"] = IsHeld ? "information-held" : "none-held-here",
            ["protected"] = IsProtected,
            ["texts"] = new JsonArray([.. Texts.Select(text => (JsonNode)text)]),
            ["plans"] = new JsonArray([.. Plans.Select(p => (JsonNode)p.ToJson())]),
            ["history"] = new JsonArray([.. History.Select(h => (JsonNode)h.ToJson())]),
        };
}
